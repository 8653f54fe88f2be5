"""Walks through every family of the local API with DigitalOcean's own Python client.

Takes the API's address and the token from the environment; exits with a message at the first answer that is wrong.
"""

import os
import time

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from pydo import Client


def connect(token):
    # The client's own way to send a token insists on TLS, which a loopback address does not need.
    bearer = AzureKeyCredentialPolicy(AzureKeyCredential(token), "Authorization", prefix="Bearer")
    return Client(token=token, endpoint=os.environ["TRIVET_API_URL"], authentication_policy=bearer, retry_total=0)


client = connect(os.environ["TRIVET_API_TOKEN"])
stranger = connect("wrong")


def same(what, given, wanted):
    if given != wanted:
        raise SystemExit(f"{what}: {given!r}, not {wanted!r}")
    print(f"{what}: {wanted!r}")


def refused(what, status, kind, call, *arguments, **options):
    """The client either raises, or returns the error that its specification documents."""
    try:
        answer = call(*arguments, **options)
        fault = answer if isinstance(answer, dict) and "message" in answer else None
        if fault is None:
            raise SystemExit(f"{what}: was not refused: {answer!r}")
    except HttpResponseError as error:
        same(f"{what}, status", error.status_code, status)
        fault = error.response.json()
    same(f"{what}, id", fault["id"], kind)
    if not fault["message"] or not fault["request_id"]:
        raise SystemExit(f"{what}: no message or request_id in {fault!r}")
    return fault["message"]


def until(what, condition):
    for _ in range(100):
        if condition():
            print(what)
            return
        time.sleep(0.05)
    raise SystemExit(f"{what}: never")


def gone(call, *arguments):
    try:
        return call(*arguments).get("id") == "not_found"
    except HttpResponseError as error:
        return error.status_code == 404


# Account and catalogue
same("account", client.account.get()["account"]["status"], "active")
same("refusal", refused("a wrong token", 401, "unauthorized", stranger.account.get), "Unable to authenticate you")
same("region", "fra1" in [region["slug"] for region in client.regions.list()["regions"]], True)
same("size", "s-1vcpu-1gb" in [size["slug"] for size in client.sizes.list()["sizes"]], True)
same("image", client.images.get("debian-13-x64")["image"]["distribution"], "Debian")
same("images", client.images.list()["meta"]["total"], 1)

# VPC
vpc_body = {"name": "private", "region": "fra1", "ip_range": "10.10.0.0/24"}
vpc = client.vpcs.create(body=vpc_body)["vpc"]
same("VPC", client.vpcs.get(vpc["id"])["vpc"]["ip_range"], "10.10.0.0/24")
same("VPC's name", client.vpcs.update(vpc["id"], body={"name": "inner"})["vpc"]["name"], "inner")
same("VPC patched", client.vpcs.patch(vpc["id"], body={"description": "x"})["vpc"]["description"], "x")
same("VPCs", client.vpcs.list()["meta"]["total"], 1)
refused("an overlapping VPC", 422, "unprocessable_entity", client.vpcs.create, body={**vpc_body, "name": "b"})
refused("an unknown VPC", 404, "not_found", client.vpcs.get, "953d698c-dc84-11e8-80bc-3cfdfea9fba1")

# SSH key
public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me"
key = client.ssh_keys.create(body={"name": "me", "public_key": public_key})["ssh_key"]
same("key", client.ssh_keys.get(key["fingerprint"])["ssh_key"]["public_key"], public_key)
same("key's name", client.ssh_keys.update(key["id"], body={"name": "you"})["ssh_key"]["name"], "you")
same("keys", len(client.ssh_keys.list()["ssh_keys"]), 1)
refused("a key that is none", 422, "unprocessable_entity", client.ssh_keys.create, body={"name": "k", "public_key": "k"})

# Tag and firewall
same("tag", client.tags.create(body={"name": "web"})["tag"]["resources"]["count"], 0)
refused("a bad tag", 422, "unprocessable_entity", client.tags.create, body={"name": "a b"})
anywhere = {"addresses": ["0.0.0.0/0", "::/0"]}
firewall_body = {
    "name": "web",
    "tags": ["web"],
    "inbound_rules": [{"protocol": "tcp", "ports": "22", "sources": anywhere}],
    "outbound_rules": [{"protocol": "icmp", "destinations": anywhere}],
}
firewall = client.firewalls.create(body=firewall_body)["firewall"]
same("firewall", client.firewalls.get(firewall["id"])["firewall"]["outbound_rules"][0]["ports"], "0")
changed = client.firewalls.update(firewall["id"], body={**firewall_body, "outbound_rules": []})
same("firewall's rules", changed["firewall"]["outbound_rules"], [])
same("firewalls", client.firewalls.list()["meta"]["total"], 1)
refused("a firewall without rules", 422, "unprocessable_entity", client.firewalls.create, body={"name": "none"})
refused("a firewall twice", 409, "conflict", client.firewalls.create, body=firewall_body)

# Droplet and its actions
droplet_body = {
    "name": "anna",
    "region": "fra1",
    "size": "s-1vcpu-1gb",
    "image": "debian-13-x64",
    "ssh_keys": [key["id"]],
    "tags": ["web"],
    "vpc_uuid": vpc["id"],
    "user_data": "#cloud-config\n",
}
created = client.droplets.create(body=droplet_body)
droplet = created["droplet"]["id"]
same("droplet at first", created["droplet"]["status"], "new")
until("droplet active", lambda: client.droplets.get(droplet)["droplet"]["status"] == "active")
create_action = created["links"]["actions"][0]["id"]
until("create completed", lambda: client.actions.get(create_action)["action"]["status"] == "completed")
same("droplet's networks", len(client.droplets.get(droplet)["droplet"]["networks"]["v4"]), 2)
same("droplets by tag", client.droplets.list(tag_name="web")["meta"]["total"], 1)
same("droplets by name", client.droplets.list(name="nobody")["meta"]["total"], 0)
same("droplet's firewalls", client.droplets.list_firewalls(droplet)["firewalls"][0]["name"], "web")
several = client.droplets.create(body={**droplet_body, "name": None, "names": ["berta", "carl"]})["droplets"]
same("several droplets", [each["name"] for each in several], ["berta", "carl"])
refused("an image that is not there", 422, "unprocessable_entity", client.droplets.create, body={**droplet_body, "image": "x"})
refused("an unknown droplet", 404, "not_found", client.droplets.get, 99)
off = client.droplet_actions.post(droplet, body={"type": "power_off"})["action"]
until("power off", lambda: client.droplet_actions.get(droplet, off["id"])["action"]["status"] == "completed")
same("droplet off", client.droplets.get(droplet)["droplet"]["status"], "off")
on = client.droplet_actions.post(droplet, body={"type": "power_on"})["action"]
until("power on", lambda: client.actions.get(on["id"])["action"]["status"] == "completed")
same("actions", client.droplet_actions.list(droplet)["meta"]["total"], 3)
refused("an unknown action", 422, "unprocessable_entity", client.droplet_actions.post, droplet, body={"type": "fly"})
tagging = {"resources": [{"resource_id": str(droplet), "resource_type": "droplet"}]}
client.tags.unassign_resources("web", body=tagging)
client.tags.assign_resources("web", body=tagging)
same("tagged droplets", client.tags.get("web")["tag"]["resources"]["droplets"]["count"], 3)

# Load balancer
balancer_body = {
    "name": "front",
    "region": "fra1",
    "vpc_uuid": vpc["id"],
    "tag": "web",
    "forwarding_rules": [
        {
            "entry_protocol": "https",
            "entry_port": 443,
            "target_protocol": "https",
            "target_port": 443,
            "tls_passthrough": True,
        }
    ],
    "health_check": {
        "protocol": "http",
        "port": 80,
        "path": "/",
        "check_interval_seconds": 3,
        "response_timeout_seconds": 3,
        "unhealthy_threshold": 2,
        "healthy_threshold": 2,
    },
}
balancer = client.load_balancers.create(body=balancer_body)["load_balancer"]
same("balancer", client.load_balancers.get(balancer["id"])["load_balancer"]["health_check"], balancer_body["health_check"])
same("balancer's droplets", len(balancer["droplet_ids"]), 3)
proxy = client.load_balancers.update(balancer["id"], body={**balancer_body, "enable_proxy_protocol": True})
same("balancer's PROXY protocol", proxy["load_balancer"]["enable_proxy_protocol"], True)
same("balancers", client.load_balancers.list()["meta"]["total"], 1)
hasty = {**balancer_body, "health_check": {"check_interval_seconds": 1}}
refused("a hasty health check", 422, "unprocessable_entity", client.load_balancers.create, body=hasty)

# Project
project_body = {"name": "trivet", "purpose": "Web Application", "environment": "Production", "description": ""}
project = client.projects.create(body=project_body)["project"]["id"]
same("project", client.projects.get(project)["project"]["environment"], "Production")
same("project patched", client.projects.patch(project, body={"environment": "Staging"})["project"]["environment"], "Staging")
same("default project", client.projects.get_default()["project"]["is_default"], True)
urn = f"do:loadbalancer:{balancer['id']}"
assigned = client.projects.assign_resources(project, body={"resources": [urn]})["resources"]
same("assigned", assigned[0]["status"], "assigned")
same("project's resources", [each["urn"] for each in client.projects.list_resources(project)["resources"]], [urn])
refused("a project with resources", 412, "precondition_failed", client.projects.delete, project)
client.projects.assign_resources_default(body={"resources": [urn]})
client.projects.delete(project)
same("project gone", gone(client.projects.get, project), True)

# Domain
client.domains.create(body={"name": "trivet.test"})
same("domain", client.domains.get("trivet.test")["domain"]["ttl"], 1800)
record = client.domains.create_record("trivet.test", body={"type": "A", "name": "www", "data": "192.0.2.1"})["domain_record"]
body = {"type": "A", "name": "www", "data": "192.0.2.2"}
same("record", client.domains.update_record("trivet.test", record["id"], body=body)["domain_record"]["data"], "192.0.2.2")
same("records", client.domains.list_records("trivet.test", type="A")["meta"]["total"], 1)
mistaken = {"type": "A", "name": "www", "data": "x"}
refused("a bad record", 422, "unprocessable_entity", client.domains.create_record, "trivet.test", body=mistaken)
client.domains.delete_record("trivet.test", record["id"])
same("record gone", gone(client.domains.get_record, "trivet.test", record["id"]), True)
client.domains.delete("trivet.test")

# Reserved IP
ip = client.reserved_ips.create(body={"region": "fra1"})["reserved_ip"]["ip"]
assign = client.reserved_ips_actions.post(ip, body={"type": "assign", "droplet_id": droplet})["action"]
same("assign", client.reserved_ips_actions.get(ip, assign["id"])["action"]["status"], "completed")
same("reserved IP's droplet", client.reserved_ips.get(ip)["reserved_ip"]["droplet"]["id"], droplet)
client.reserved_ips_actions.post(ip, body={"type": "unassign"})
client.reserved_ips.delete(ip)
same("reserved IP gone", gone(client.reserved_ips.get, ip), True)

# Spaces key
spaces_key = client.spaces_key.create(body={"name": "backup", "grants": [{"bucket": "b", "permission": "read"}]})["key"]
same("Spaces key", client.spaces_key.get(spaces_key["access_key"])["key"]["name"], "backup")
client.spaces_key.delete(spaces_key["access_key"])

# Down again
refused("a VPC in use", 403, "forbidden", client.vpcs.delete, vpc["id"])
client.load_balancers.delete(balancer["id"])
client.droplets.destroy(droplet)
until("droplet gone", lambda: gone(client.droplets.get, droplet))
client.droplets.destroy_by_tag(tag_name="web")
until("all droplets gone", lambda: client.droplets.list()["meta"]["total"] == 0)
client.firewalls.delete(firewall["id"])
client.tags.delete("web")
client.ssh_keys.delete(key["id"])
client.vpcs.delete(vpc["id"])
same("VPC gone", gone(client.vpcs.get, vpc["id"]), True)

"""A droplet's service behind a load balancer: says which address the PROXY header names, and is as healthy as told."""
import os
import socketserver


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        first = self.rfile.readline().decode().split()
        if not first or first[0] != "PROXY":
            return
        self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        status = "503 Service Unavailable" if os.path.exists("/run/sick") else "200 OK"
        body = f"{os.uname().nodename} {first[2]} {self.client_address[0]}\n"
        self.wfile.write(f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


Server(("", 80), Handler).serve_forever()

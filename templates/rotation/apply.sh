packages iproute2 curl
# Never restarted: that would take all nodes out of rotation at once. The next stop goes by what is there then.
running trivet-rotation.service restart

# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A TLS server that makes a child for each connection, as PostgreSQL does: PORT CERTIFICATE KEY."""
import http.server
import socketserver
import ssl
import sys

port, certificate, key = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


class Server(socketserver.ForkingMixIn, http.server.HTTPServer):
    max_children = 64

    def finish_request(self, request, client_address):
        with context.wrap_socket(request, server_side=True) as secure:
            self.RequestHandlerClass(secure, client_address, self)


Server(("127.0.0.1", port), Handler).serve_forever()

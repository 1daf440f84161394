# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What the sample services share: a threaded HTTP/1.1 server, with TLS if asked, and `ready PORT`."""

import http.server
import os
import signal
import socket
import ssl
import subprocess
import sys
import zlib

HANDSHAKE_TIMEOUT_SECONDS = 30


def make_certificate(directory):
    """Makes a self-signed certificate for 127.0.0.1 and returns (certificate file, key file)."""
    certificate = os.path.join(directory, "certificate.pem")
    key = os.path.join(directory, "key.pem")
    if not os.path.exists(certificate):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "30", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", key, "-out", certificate],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return certificate, key


class Server(http.server.ThreadingHTTPServer):
    """One thread per connection; the TLS handshake runs in that thread, not in the accept loop."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, handler, port=0, tls_directory=None):
        super().__init__(("127.0.0.1", port), handler)
        self.context = None
        if tls_directory is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*make_certificate(tls_directory))

    def server_bind(self):
        # HTTPServer would look the host's name up, which may ask a DNS server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def finish_request(self, request, client_address):
        if self.context is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(HANDSHAKE_TIMEOUT_SECONDS)
        # Detaches the plain socket: the TLS socket owns the descriptor from here on.
        with self.context.wrap_socket(request, server_side=True) as tls:
            tls.settimeout(None)
            super().finish_request(tls, client_address)
            try:
                tls.settimeout(1)
                tls.unwrap()
            except (OSError, ValueError):
                pass  # the client has gone already; nothing is left to tell it

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)

    def serve(self):
        """Prints `ready PORT` and serves until SIGTERM or SIGINT."""
        def stop(_signal, _frame):
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        print(f"ready {self.server_port}", flush=True)
        try:
            self.serve_forever(poll_interval=60)
        finally:
            self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    """Keep-alive, request bodies of both framings, no `Server` header, no log of its own."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_arguments):
        pass

    def send_response(self, code, message=None):
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())

    def read_body(self):
        """Reads the whole request body, transfer decoding taken off."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            parts = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if size == 0:
                    break
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # trailers
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def write_chunks(self, parts):
        """Sends the parts as chunks and then the last chunk."""
        for part in parts:
            if part:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")


def gzip(data):
    """Compresses with a fixed header (no time, no name), so that equal input gives equal bytes."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def gunzip(data):
    """Undoes gzip."""
    return zlib.decompress(data, 16 + zlib.MAX_WBITS)

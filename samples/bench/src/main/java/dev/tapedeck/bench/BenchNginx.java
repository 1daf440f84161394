// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A small nginx on the loopback interface that answers every request alike. */
final class BenchNginx implements AutoCloseable {
  private static final long START_MILLIS = 5000;

  private final Path directory;
  private final int port;
  private final Process process;

  private BenchNginx(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  static BenchNginx start() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("tapedeck-bench");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String configuration =
        """
        daemon off;
        master_process off;
        pid PREFIX/nginx.pid;
        error_log PREFIX/error.log;
        events { worker_connections 4096; }
        http {
          access_log off;
          client_body_temp_path PREFIX/body;
          proxy_temp_path PREFIX/proxy;
          fastcgi_temp_path PREFIX/fastcgi;
          uwsgi_temp_path PREFIX/uwsgi;
          scgi_temp_path PREFIX/scgi;
          keepalive_requests 100000000;
          default_type application/json;
          server {
            listen 127.0.0.1:PORT backlog=4096;
            location / { return 200 '{"id":17,"customer":"ada","paid":true,"total_cents":4275}'; }
          }
        }
        """
            .replace("PREFIX", directory.toString())
            .replace("PORT", Integer.toString(port));
    Path file = directory.resolve("nginx.conf");
    Files.writeString(file, configuration);
    Process process =
        new ProcessBuilder(
                List.of("nginx", "-p", directory.toString(), "-c", file.toString(), "-e", "stderr"))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("nginx.out").toFile())
            .start();
    BenchNginx nginx = new BenchNginx(directory, port, process);
    nginx.awaitStart();
    return nginx;
  }

  private void awaitStart() throws IOException, InterruptedException {
    for (long waited = 0; waited < START_MILLIS && process.isAlive(); waited += 50) {
      try (Socket socket = new Socket()) {
        socket.connect(address(), 1000);
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(50); // not listening yet
      }
    }
    throw new IOException(
        "nginx does not start: " + Files.readString(directory.resolve("nginx.out")));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

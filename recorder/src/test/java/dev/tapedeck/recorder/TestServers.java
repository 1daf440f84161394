// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Real servers on the loopback device, and programs that talk to them. */
public final class TestServers {
  /** Short of the time that a test has, so that it is the program that is named. */
  private static final long RUN_SECONDS = 240;

  private TestServers() {}

  /** A server process. */
  public static final class Server implements AutoCloseable {
    private final Process process;
    private final int port;

    private Server(Process process, int port) {
      this.process = process;
      this.port = port;
    }

    public int port() {
      return port;
    }

    public int pid() {
      return (int) process.pid();
    }

    /**
     * Waits until all threads of the server sleep. A client may have its whole answer, and be gone,
     * before the server's last call has returned; what has not returned is not recorded.
     */
    public void awaitIdle() {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(
              () ->
                  Stream.concat(Stream.of(process.toHandle()), process.descendants())
                      .allMatch(server -> sleeps(server.pid())));
    }

    /** proc_pid_stat(5): the state comes after the name, which may have parentheses itself. */
    private static boolean sleeps(long pid) {
      try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
        for (Path thread : threads.toList()) {
          String stat = Files.readString(thread.resolve("stat"));
          if (stat.charAt(stat.lastIndexOf(')') + 2) != 'S') {
            return false;
          }
        }
        return true;
      } catch (IOException e) {
        // A thread or a child has ended between two looks.
        return false;
      }
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Starts nginx, which serves {@code root} by TLS and logs each request's connection and sizes.
   */
  public static Server nginx(Path folder, Path root) throws IOException, InterruptedException {
    int port = freePort();
    makeCertificate(folder);
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off; worker_processes 2; pid %1$s/nginx.pid; error_log %1$s/error.log;
        events { worker_connections 256; }
        http {
          log_format sizes '$remote_port $request_length $bytes_sent';
          access_log %1$s/access.log sizes;
          client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
          uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5; keepalive_requests 100000;
          server {
            listen 127.0.0.1:%2$d ssl; root %3$s;
            ssl_certificate %1$s/certificate.pem; ssl_certificate_key %1$s/key.pem;
          }
        }
        """
            .formatted(folder, port, root));
    return started(
        folder,
        port,
        // The account of the workers must be able to read a folder that only its owner may enter.
        List.of("nginx", "-c", configuration.toString(), "-g", "user root;"));
  }

  private static void makeCertificate(Path folder) throws IOException, InterruptedException {
    run(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-keyout",
        folder.resolve("key.pem").toString(),
        "-out",
        folder.resolve("certificate.pem").toString());
  }

  /** Starts a TLS server that makes a child for each connection. */
  public static Server forking(Path folder) throws IOException, InterruptedException {
    int port = freePort();
    makeCertificate(folder);
    Path program = folder.resolve("forking_server.py");
    try (var in = TestServers.class.getResourceAsStream("forking_server.py")) {
      Files.copy(in, program);
    }
    return started(
        folder,
        port,
        List.of(
            "/usr/bin/python3",
            program.toString(),
            Integer.toString(port),
            folder.resolve("certificate.pem").toString(),
            folder.resolve("key.pem").toString()));
  }

  /** Starts Python's plain HTTP server. */
  public static Server plain(Path folder, Path root) throws IOException, InterruptedException {
    int port = freePort();
    return started(
        folder,
        port,
        List.of(
            "/usr/bin/python3",
            "-m",
            "http.server",
            "--bind",
            "127.0.0.1",
            "--protocol",
            "HTTP/1.1",
            "--directory",
            root.toString(),
            Integer.toString(port)));
  }

  private static Server started(Path folder, int port, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive() || accepts(port));
    if (!process.isAlive()) {
      throw new IOException(command + ": " + Files.readString(folder.resolve("server.log")));
    }
    return new Server(process, port);
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Copies curl under a name that no other process of the machine has: a process is called after
   * the last part of the path that it was started by.
   */
  public static Path ownCurl(Path folder) throws IOException {
    return Files.copy(
        Path.of("/usr/bin/curl"), folder.resolve("curl-" + ProcessHandle.current().pid()));
  }

  /** Runs a program to its end and returns its exit code. */
  public static int run(Path folder, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("programs.log").toFile()))
            .start();
    if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " does not end");
    }
    return process.exitValue();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}

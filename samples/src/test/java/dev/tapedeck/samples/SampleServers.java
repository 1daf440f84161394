// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The sample services a test needs, each on a free port of the loopback interface.
 *
 * <p><b>Ownership:</b> closing ends everything started, last first.
 */
final class SampleServers implements AutoCloseable {
  private final Path directory;
  private final Deque<RunningProgram> started = new ArrayDeque<>();

  SampleServers(Path directory) {
    this.directory = directory;
  }

  /**
   * A service that listens.
   *
   * @param program its process
   * @param port where it listens
   * @param scheme http or https
   */
  record Service(RunningProgram program, int port, String scheme) {
    String url(String pathAndQuery) {
      return scheme + "://127.0.0.1:" + port + pathAndQuery;
    }
  }

  /** Starts the server that logs the digests of each exchange to {@link #digestLog()}. */
  Service digestServer(boolean tls) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/python3",
                Repository.app("digest-server/digest_server.py"),
                "--log",
                digestLog().toString()));
    if (tls) {
      command.addAll(List.of("--tls", directory.toString()));
    }
    return start("digest-server", tls ? "https" : "http", command);
  }

  /** Starts the orders service, in the release given, without TLS. */
  Service orders(int release) throws IOException {
    return start(
        "orders-" + release,
        "http",
        List.of(
            "/usr/bin/python3",
            Repository.app("orders/orders.py"),
            "--release",
            Integer.toString(release)));
  }

  /** Starts nginx with TLS in front of the service; {@code name} also names its folder. */
  Service nginx(String name, String template, Service upstream) throws IOException {
    return start(name, "https", nginxCommand(name, template, upstream));
  }

  /** The same in clear text. */
  Service plainNginx(String name, String template, Service upstream) throws IOException {
    return start(name, "http", nginxCommand(name, template, upstream));
  }

  /**
   * The same with TLS, under a seccomp filter that does not know the calls that only probes make.
   */
  Service filteredNginx(String name, String template, Service upstream) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/python3", Repository.app("common/under_seccomp.py")));
    command.addAll(nginxCommand(name, template, upstream));
    return start(name, "https", command);
  }

  /** Starts Apache with TLS in front of the service; {@code name} also names its folder. */
  Service apache(String name, String template, Service upstream) throws IOException {
    return start(name, "https", frontCommand("apache_front", name, template, upstream));
  }

  private List<String> nginxCommand(String name, String template, Service upstream) {
    return frontCommand("nginx_front", name, template, upstream);
  }

  private List<String> frontCommand(String front, String name, String template, Service upstream) {
    return List.of(
        "/usr/bin/python3",
        Repository.app("common/" + front + ".py"),
        "--template",
        Repository.app(template),
        "--upstream",
        Integer.toString(upstream.port()),
        "--prefix",
        directory.resolve(name).toString());
  }

  /** Starts a relay that keeps all bytes in the folder {@code name}. */
  Service relay(String name, Service upstream) throws IOException {
    return start(
        name,
        upstream.scheme(),
        List.of(
            "/usr/bin/python3",
            Repository.app("raw-relay/raw_relay.py"),
            "--to",
            Integer.toString(upstream.port()),
            "--log",
            directory.resolve(name).toString()));
  }

  /**
   * Starts a server with TLS that takes certificate, key and log as arguments.
   *
   * @param interpreter what runs it
   */
  Service live(String interpreter, String app, Path log) throws IOException, InterruptedException {
    RunningProgram.Result made =
        RunningProgram.run(
            directory,
            "certificate",
            List.of(
                "/usr/bin/python3",
                "-c",
                "import sys; sys.path.insert(0, sys.argv[1]);"
                    + "import httpserver; httpserver.make_certificate(sys.argv[2])",
                Repository.app("common"),
                directory.toString()));
    if (made.exitCode() != 0) {
      throw new IOException("no certificate: " + made.errors());
    }
    return start(
        "live",
        "https",
        List.of(
            interpreter,
            Repository.app(app),
            directory.resolve("certificate.pem").toString(),
            directory.resolve("key.pem").toString(),
            log.toString()));
  }

  /** Starts the digest server of Node.js in clear text, which logs to {@link #digestLog()}. */
  Service plainNode() throws IOException {
    return start(
        "node",
        "http",
        List.of(
            "node",
            Repository.app("digest-server/digest_server.js"),
            "--plain",
            digestLog().toString()));
  }

  /**
   * Builds the server of HTTP/2 over cleartext, which logs to {@link #digestLog()}, and starts it.
   */
  Service cleartextHttp2() throws IOException, InterruptedException {
    Path program = directory.resolve("h2c-server.program");
    RunningProgram.Result built =
        RunningProgram.run(
            directory,
            "go-build",
            // Without cgo and inlining, since what takes time here is to build the standard library
            // once.
            List.of(
                "env",
                "-C",
                Repository.app("h2c-server"),
                "CGO_ENABLED=0",
                "go",
                "build",
                "-gcflags=all=-l",
                "-o",
                program.toString(),
                "."));
    if (built.exitCode() != 0) {
      throw new IOException("h2c-server does not build: " + built.errors());
    }
    return start("h2c-server", "http", List.of(program.toString(), "-log", digestLog().toString()));
  }

  Path digestLog() {
    return directory.resolve("digests.ndjson");
  }

  /** Returns the self-signed certificate of the nginx started under that name. */
  Path certificate(String nginx) {
    return directory.resolve(nginx).resolve("certificate.pem");
  }

  private Service start(String name, String scheme, List<String> command) throws IOException {
    Files.createDirectories(directory);
    RunningProgram program = RunningProgram.start(directory, name, command);
    started.push(program);
    return new Service(program, program.awaitReadyPort(), scheme);
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }
}

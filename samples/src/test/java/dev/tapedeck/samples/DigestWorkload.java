// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * The requests that curl sends to a digest server: 59 of them, a prime number, so that nothing that
 * comes in pairs, fours or tens can hide a lost or repeated one.
 */
final class DigestWorkload {
  private static final List<Integer> SIZES =
      List.of(0, 1, 100, 4096, 16384, 16385, 65536, 300_000, 3_000_000);
  private static final List<Integer> SIZES_UNTIL_CLOSE = List.of(0, 1, 16385, 300_000, 3_000_000);

  private final Path directory;
  private final String client;
  private final List<Planned> requests = new ArrayList<>();

  DigestWorkload(Path directory) {
    this(directory, "curl");
  }

  /**
   * Plans the requests of one of several clients of a server.
   *
   * @param client tells its requests from those of others
   */
  DigestWorkload(Path directory, String client) {
    this.directory = directory;
    this.client = client;
    for (Mode mode : Mode.values()) {
      for (int size : mode == Mode.CLOSE ? SIZES_UNTIL_CLOSE : SIZES) {
        requests.add(new Planned(client, requests.size(), "GET", mode, size));
      }
    }
    for (Mode mode : List.of(Mode.PLAIN, Mode.CHUNKED, Mode.GZIP)) {
      for (int size : SIZES) {
        requests.add(new Planned(client, requests.size(), "POST", mode, size));
      }
    }
    assertThat(requests).hasSize(59);
  }

  /** How a body is framed or coded. */
  enum Mode {
    PLAIN,
    CHUNKED,
    GZIP,
    CLOSE
  }

  /**
   * One request of the plan.
   *
   * @param client whose it is
   * @param number unique in the plan, and the seed of the answer's body
   * @param method GET or POST
   * @param mode of the answer of a GET, of the request of a POST
   * @param sizeBytes of that body before coding
   */
  record Planned(String client, int number, String method, Mode mode, int sizeBytes) {
    /** Returns the request target, unique in the plan. */
    String target() {
      boolean get = method.equals("GET");
      return "/bytes/%d?mode=%s&seed=%d&client=%s"
          .formatted(
              get ? sizeBytes : 100 + number,
              get ? mode.name().toLowerCase(Locale.ROOT) : "plain",
              number,
              client);
    }
  }

  List<Planned> requests() {
    return List.copyOf(requests);
  }

  /** Returns where curl leaves the body of the answer. */
  Path output(Planned request) {
    return directory.resolve(client + "-answer-" + request.number());
  }

  /**
   * Writes what curl needs and returns the command: one process, a connection kept alive wherever
   * the server allows it.
   */
  List<String> curlCommand(SampleServers.Service service) throws IOException {
    return curlCommand(service, "", "");
  }

  /**
   * The same in a version of the protocol.
   *
   * @param first version option of the first request, as curl's configuration has it
   * @param others of those that follow on the connection
   */
  List<String> curlCommand(SampleServers.Service service, String first, String others)
      throws IOException {
    StringBuilder configuration = new StringBuilder();
    for (Planned request : requests) {
      configuration
          .append(configuration.isEmpty() ? first : "next\n" + others)
          .append("\ninsecure\nsilent\nshow-error\nfail\nmax-time = 60\ncompressed\n")
          .append("url = \"")
          .append(service.url(request.target()))
          .append("\"\n")
          .append("output = \"")
          .append(output(request))
          .append("\"\n");
      if (request.method().equals("POST")) {
        configuration
            .append("header = \"Content-Type: application/octet-stream\"\n")
            .append("data-binary = \"@")
            .append(requestBody(request))
            .append("\"\n");
        switch (request.mode()) {
          case CHUNKED -> configuration.append("header = \"Transfer-Encoding: chunked\"\n");
          case GZIP -> configuration.append("header = \"Content-Encoding: gzip\"\n");
          case PLAIN, CLOSE -> {}
        }
      }
    }
    Path file = directory.resolve(client + "-" + service.port() + ".config");
    Files.writeString(file, configuration);
    return List.of("curl", "--config", file.toString());
  }

  private Path requestBody(Planned request) throws IOException {
    byte[] body = new byte[request.sizeBytes()];
    new Random(request.number()).nextBytes(body);
    Path file = directory.resolve(client + "-request-" + request.number());
    Files.write(file, request.mode() == Mode.GZIP ? gzip(body) : body);
    return file;
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("compressing in memory", e);
    }
    return compressed.toByteArray();
  }
}

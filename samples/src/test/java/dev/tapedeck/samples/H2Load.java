// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** h2load (nghttp2): many streams at once, on some connections, of a digest server. */
final class H2Load {
  /** Prime, so that nothing that comes in pairs, fours or tens can hide a lost or repeated one. */
  static final int REQUESTS = 397;

  private static final int CONNECTIONS = 3;
  private static final int STREAMS = 11;
  private static final int TARGETS = 101;

  private final Path directory;
  private final String client;

  /**
   * Makes one of several clients of a server.
   *
   * @param client tells its requests from those of others
   */
  H2Load(Path directory, String client) {
    this.directory = directory;
    this.client = client;
  }

  /** Returns the command that sends {@link #REQUESTS} requests. */
  List<String> command(SampleServers.Service service, String... options) throws IOException {
    List<String> urls = new ArrayList<>();
    for (int i = 0; i < TARGETS; i++) {
      String mode = List.of("plain", "chunked", "gzip").get(i % 3);
      int size = List.of(0, 1, 1000, 16384, 40_000).get(i % 5);
      urls.add(service.url("/bytes/%d?mode=%s&seed=%d&client=%s".formatted(size, mode, i, client)));
    }
    Path file = directory.resolve(client + ".urls");
    Files.write(file, urls);
    return Stream.concat(
            Stream.of("h2load", "-n" + REQUESTS, "-c" + CONNECTIONS, "-m" + STREAMS, "-i" + file),
            Stream.of(options))
        .toList();
  }

  /** Asserts that h2load itself counts every request as answered. */
  static void assertAllSucceeded(RunningProgram.Result result) {
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.output())
        .contains(REQUESTS + " succeeded, 0 failed, 0 errored, 0 timeout")
        .contains("status codes: " + REQUESTS + " 2xx");
  }
}

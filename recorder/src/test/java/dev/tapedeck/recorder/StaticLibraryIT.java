// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tapedeck.format.Direction;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with OpenSSL linked in, as Node.js is: its own symbols are probed. */
@BpfTest
final class StaticLibraryIT {
  @TempDir Path folder;

  @Test
  void record_staticallyLinkedCommand_isByteExactFromItsFirstRequest() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    byte[] body = new byte[100_000];
    new Random(5).nextBytes(body);
    Files.write(root.resolve("body"), body);
    Path source = folder.resolve("static_client.c");
    try (var in = getClass().getResourceAsStream("static_client.c")) {
      Files.copy(in, source);
    }
    Path client = folder.resolve("static_client");
    boolean built =
        TestServers.run(
                folder,
                "sh",
                "-c",
                "cc -o "
                    + client
                    + " "
                    + source
                    + " -Wl,-Bstatic -lssl -lcrypto -Wl,-Bdynamic -ldl -lpthread")
            == 0;
    assumeTrue(
        built || "true".equals(System.getenv("CI")),
        "no C compiler, or no static libssl (Debian: libssl-dev)");
    assertThat(built).as("a statically linked client, from cc and libssl-dev").isTrue();
    Path capture = folder.resolve("capture.tape");
    try (TestServers.Server server = TestServers.nginx(folder, root)) {
      RecorderRun.Result result =
          RecorderRun.run(
              "record",
              "-o",
              capture.toString(),
              "--",
              client.toString(),
              "127.0.0.1:" + server.port(),
              "/body");

      assertThat(result.exitCode()).as(result.errors()).isZero();
      CapturedStreams streams = CapturedStreams.read(capture);
      assertThat(streams.losses()).isEmpty();
      byte[] request =
          streams.bytes(streams.streams("static_client", Direction.EGRESS, true).get(0));
      assertThat(new String(request, StandardCharsets.ISO_8859_1))
          .isEqualTo("GET /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      byte[] answer =
          streams.bytes(streams.streams("static_client", Direction.INGRESS, true).get(0));
      assertThat(java.util.Arrays.copyOfRange(answer, answer.length - body.length, answer.length))
          .isEqualTo(body);
    }
  }
}

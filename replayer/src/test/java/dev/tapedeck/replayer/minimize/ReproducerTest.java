// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.capture.CaptureLoader;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SelectionOptions;
import dev.tapedeck.replayer.target.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReproducerTest {
  private static final Target TARGET = new Target(true, "shop.test", 8443);

  @TempDir private Path folder;

  @Test
  void write_heldOverTlsWithACertificate_saysHowToHoldItAgain() throws Exception {
    Path ca = Files.writeString(folder.resolve("own-ca.crt"), "the authority");
    Path chain = Files.writeString(folder.resolve("client.crt"), "the chain");
    Path key = Files.writeString(folder.resolve("client.key"), "the secret");
    ReplayOptions sending =
        ReplayOptions.newBuilder(TARGET)
            .certificateAuthorities(ca)
            .clientCertificate(chain, key)
            .serverName("inner.test")
            .answerTimeout(Duration.ofSeconds(3))
            .build();

    List<Path> written = write(sending, ">> gap 4", ">> hij");

    Path small = folder.resolve("small");
    assertThat(small.resolve("ca.pem")).hasContent("the authority");
    assertThat(small.resolve("ReproducerTest.java"))
        .content()
        .contains(
            "certificateAuthorities = \"ca.pem\"",
            "clientCertificate = \"" + chain.toAbsolutePath() + "\"",
            "clientKey = \"" + key.toAbsolutePath() + "\"",
            "serverName = \"inner.test\"",
            "answerTimeoutMillis = 3000",
            "allowIncomplete = true")
        .doesNotContain("connectTimeoutMillis", "insecure", "keepHost");
    for (Path file : written) {
      assertThat(file).content(StandardCharsets.ISO_8859_1).doesNotContain("the secret");
    }
  }

  @Test
  void write_heldAsUsual_saysNothingOfIt() throws Exception {
    write(ReplayOptions.newBuilder(TARGET).build(), ">> defghij");

    assertThat(folder.resolve("small/ReproducerTest.java"))
        .content()
        .contains("@CaptureReplayTest(value = \"reproducer.tape\", allowUnsafe = true)");
  }

  private List<Path> write(ReplayOptions sending, String... more) throws Exception {
    Path file = folder.resolve("recorded.tape");
    EventScript.parse(
            ">> POST /one HTTP/1.1\\r\\nHost: x.example\\r\\nContent-Length: 10\\r\\n\\r\\nabc\n"
                + String.join("\n", more)
                + "\n<< HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
        .writeTo(file);
    try (BodyStore bodies = new BodyStore(Long.MAX_VALUE)) {
      RecordedCapture source = new CaptureLoader(ReaderOptions.defaults(), bodies).load(file);
      Selection all = Selection.of(List.of(source), SelectionOptions.defaults());
      return Reproducer.write(
          folder.resolve("small"),
          all,
          source,
          new Reproducer.Conditions(List.of(), "", Role.SERVER, sending, null, true, true));
    }
  }
}

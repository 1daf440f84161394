// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Traffic that cannot be seen into is told, to the byte where there are bytes. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class BlindSpotsIT {
  @Test
  void record_trafficThatCannotBeSeenInto_isCounted(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    RunningProgram.Result result =
        tools.record("--", "python3", Repository.app("blind-spots/blind_spots.py"));
    assertThat(result.exitCode()).as(result.errors()).isZero();

    RunningProgram.Result info =
        tools.analyzer("info", tools.capture().toString(), "--format", "ndjson");
    assertThat(info.exitCode()).as(info.errors()).isZero();
    JsonNode blind = DigestLog.lines(info.output()).get(0).get("blind_spots");
    // Both ends are in this process.
    assertBytes(blind.get("udp_443"), 730, 730);
    assertBytes(blind.get("unhooked_tls"), 20, 20);
    if (!result.output().contains("io_uring:")) {
      assertBytes(blind.get("io_uring"), 23, 0);
    }
    assertThat(blind.has("ktls")).isEqualTo(!result.output().contains("ktls:"));
    assertThat(result.errors()).contains("not seen into: udp 443, 2 reports");
  }

  private static void assertBytes(JsonNode seen, long egress, long ingress) {
    assertThat(seen.get("egress_bytes").asLong()).isEqualTo(egress);
    assertThat(seen.get("ingress_bytes").asLong()).isEqualTo(ingress);
  }
}

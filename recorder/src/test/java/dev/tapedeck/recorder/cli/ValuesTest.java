// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.recorder.RecorderStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class ValuesTest {
  private static final RecorderStats STATS =
      new RecorderStats(
          12,
          3_456,
          2,
          1_048_576,
          Map.of(
              LossEvent.Cause.RING_FULL,
              new RecorderStats.Loss(3, 77),
              LossEvent.Cause.READ_FAULT,
              new RecorderStats.Loss(0, 0)),
          Map.of(BlindSpotEvent.What.UDP_443, new RecorderStats.BlindSpot(2, 500, 70_000)),
          1,
          new RecorderStats.Cost(100 << 20, 2_340_000_000L, 1_500_000_000L),
          new RecorderStats.Files(1, 0),
          new RecorderStats.Blocks(5, 6));

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "512b, 512",
    "16KiB, 16384",
    "16k, 16384",
    "1.5M, 1572864",
    "2GiB, 2147483648"
  })
  void byteSize_text_isBytes(String text, long bytes) {
    assertThat(new ByteSize.Converter().convert(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1e3", "16 KiB", "1T", "99999999999999999999G"})
  void byteSize_mistake_isRefused(String text) {
    assertThatThrownBy(() -> new ByteSize.Converter().convert(text))
        .isInstanceOf(TypeConversionException.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 bytes", "1023, 1023 bytes", "1536, 1.50 KiB", "104857600, 100 MiB"})
  void byteSizeText_bytes_areShort(long bytes, String text) {
    assertThat(ByteSize.text(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"250ms, 250", "30s, 30000", "1.5m, 90000", "2h, 7200000"})
  void duration_text_isMillis(String text, long millis) {
    assertThat(new DurationConverter().convert(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void summary_text_saysLossByCause() {
    assertThat(Summary.text(Path.of("x.tape"), STATS, Duration.ofMillis(1500)).lines())
        .containsExactly(
            "recorded 12 events, 3.38 KiB, 2 streams in 1.5 s to x.tape (1.00 MiB)",
            "lost an unknown amount, once: library found after its process began to use it",
            "lost 3 events, 77 bytes: ring full",
            "not seen into: udp 443, 2 reports, 500 bytes out, 68 KiB in",
            "peak memory 100 MiB, 2.3 s of CPU; payload left out for 1.5 s by --cpu-limit");
  }

  @Test
  void summary_json_isOneLine() {
    assertThat(Summary.json(Path.of("x.tape"), STATS, Duration.ofMillis(1500)))
        .isEqualTo(
            "{\"file\":\"x.tape\",\"duration_ms\":1500,\"events\":12,\"payload_bytes\":3456,"
                + "\"streams\":2,\"file_bytes\":1048576,\"lost_events\":3,\"lost_bytes\":77,"
                + "\"losses\":{\"ring_full\":{\"events\":3,\"bytes\":77}},"
                + "\"blind_spots\":{\"udp_443\":{\"reports\":2,\"egress_bytes\":500,"
                + "\"ingress_bytes\":70000}},"
                + "\"late_attaches\":1,\"peak_memory_bytes\":104857600,"
                + "\"cpu_ms\":2340,\"shed_ms\":1500,"
                + "\"files\":1,\"deleted_files\":0,\"stored_blocks\":5,\"thorough_blocks\":6}");
  }

  @Test
  void textTable_cells_areAligned() {
    TextTable table = new TextTable("PID", "COMM", "WHY");
    table.row("1", "a\nb", "");
    table.row("1234", "c", "x");

    assertThat(table.lines()).containsExactly("PID   COMM  WHY", "1     a?b", "1234  c     x");
  }
}

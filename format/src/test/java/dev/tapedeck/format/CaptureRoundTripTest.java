// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureRoundTripTest {
  private static final String SCRIPT =
      """
      c1: @ tls server 10.0.0.2:443 <- 10.0.0.1:40000
      c2: @ plain client 10.0.0.2:50000 -> 10.0.0.3:8080
      c1 >> GET /a HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
      c2 >> GET /b HTTP/1.1\\r\\nhost: y\\r\\n\\r\\n
      c2 << HTTP/1.1 200 OK\\r\\ncontent-length: 10\\r\\n\\r\\nabc
      c2 << gap 4
      c2 << hij
      + 5ms
      c1 << lost 9
      c1 << cut 3 abcdef
      loss RING_FULL 3 -1
      close c1
      close c2
      """;

  @TempDir Path folder;

  @Test
  void read_writtenScript_givesTheSameEvents() throws IOException {
    EventScript script = EventScript.parse(SCRIPT);
    Path file = folder.resolve("a.tape");
    script.writeTo(file);

    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      assertThat(reader.header()).isEqualTo(script.header());
      List<CaptureEvent> read = new ArrayList<>();
      reader.read(Projection.ALL, read::add);
      assertThat(read).isEqualTo(script.events());
      CaptureSummary summary = reader.summary();
      assertThat(summary.complete()).isTrue();
      assertThat(summary.events()).isEqualTo(script.events().size());
      assertThat(summary.fileBytes()).isEqualTo(Files.size(file));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void read_metadataOnly_givesEventsWithoutPayload() throws IOException {
    EventScript script = EventScript.parse(SCRIPT);
    Path file = folder.resolve("a.tape");
    script.writeTo(file);
    List<CaptureEvent> read = new ArrayList<>();
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      reader.read(Projection.METADATA, read::add);
    }
    assertThat(read)
        .hasSameSizeAs(script.events())
        .filteredOn(StreamEvent.Data.class::isInstance)
        .allMatch(event -> ((StreamEvent.Data) event).payload() == null);
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DerivationTest {
  private static final Bytes OTHER_ID = Bytes.latin1("fedcba9876543210");

  @Test
  void header_derivedFromSeveralHosts_isReadAsItWasWritten() throws IOException {
    CaptureHeader header =
        TestObjects.header().toBuilder()
            .hosts(
                List.of(
                    new CaptureHost(-1, "left", "x86_64", "6.1.0"),
                    new CaptureHost(2, "right", "", "")))
            .derivation(
                new Derivation(
                    "merge",
                    "tapedeck-test 1",
                    List.of(
                        Derivation.Origin.ofWhole(TestObjects.FILE_ID),
                        new Derivation.Origin(OTHER_ID, 3, 9))))
            .build();
    InMemoryChannel channel = new InMemoryChannel();
    CaptureWriter.create(channel, "test.tape", header, WriterOptions.defaults()).close();

    try (CaptureReader reader = open(channel)) {
      assertThat(reader.header()).isEqualTo(header);
      assertThat(reader.header().toBuilder().build()).isEqualTo(header);
    }
  }

  @Test
  void header_recorded_hasNoDerivation() throws IOException {
    InMemoryChannel channel = new InMemoryChannel();
    CaptureWriter.create(channel, "test.tape", TestObjects.header(), WriterOptions.defaults())
        .close();
    try (CaptureReader reader = open(channel)) {
      assertThat(reader.header().derivation()).isNull();
      assertThat(reader.header().hosts()).isEmpty();
    }
  }

  @Test
  void origin_impossible_isRefused() {
    assertThatThrownBy(() -> new Derivation.Origin(OTHER_ID, 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("endSequence=2");
    assertThatThrownBy(() -> Derivation.Origin.ofWhole(Bytes.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static CaptureReader open(InMemoryChannel channel) throws IOException {
    return CaptureReader.open(
        new InMemoryChannel(channel.toByteArray()), "test.tape", ReaderOptions.defaults());
  }
}

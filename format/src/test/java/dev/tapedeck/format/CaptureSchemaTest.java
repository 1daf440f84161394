// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.tapedeck.format.CaptureSchema.UnknownPart;
import dev.tapedeck.format.internal.proto.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureSchemaTest {
  private static final int COMPATIBLE_AT = 52;

  private final ClockEvent clock = new ClockEvent(TestObjects.stamp(6_000, 1), 1, 2);

  @Test
  void text_isTheSourceItself() throws IOException {
    assertThat(Path.of("src/main/protobuf/tapedeck/capture.proto"))
        .hasContent(CaptureSchema.text());
  }

  @Test
  void unknownParts_ofThisVersion_none() throws IOException {
    assertThat(unknown(Captures.write(WriterOptions.defaults(), List.of(List.of(clock)))))
        .isEmpty();
  }

  @Test
  void unknownParts_ofALaterVersion_areCounted() throws Exception {
    byte[] capture =
        Captures.writeAll(
            WriterOptions.defaults(), List.of(new UnknownEvent(clock.stamp(), 97), clock));
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(
                40,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("something new"))
                    .build())
            .build();
    Block.Builder block = ForgedCapture.blockOf(capture).toBuilder().setUnknownFields(later);
    block.getClocksBuilder().setUnknownFields(later);
    assertThat(unknown(ForgedCapture.withBlock(block.build(), 2)))
        .containsExactly(
            new UnknownPart("event kind 97", 1),
            new UnknownPart("field 40 of Capture.block", 1),
            new UnknownPart("field 40 of Capture.block.clocks", 1));
    byte[] record = ForgedCapture.withRecord(99, new byte[] {1, 2, 3});
    assertThat(unknown(ForgedCapture.changeHeader(record, 0, COMPATIBLE_AT, 0x40)))
        .containsExactly(
            new UnknownPart("compatible flag 6 of a file header", 1),
            new UnknownPart("record type 99", 1));
  }

  private static List<UnknownPart> unknown(byte[] capture) throws IOException {
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "test.tape", ReaderOptions.defaults())) {
      return reader.unknownParts();
    }
  }
}

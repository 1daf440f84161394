// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.Block;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What later versions may add is skipped or refused by name, as the specification says. */
class CaptureCompatibilityTest {
  private static final int LATER_KIND = 97;
  private static final int CODEC_AT = 49;
  private static final int CIPHER_AT = 50;
  private static final int COMPATIBLE_AT = 52;
  private static final int INCOMPATIBLE_AT = 56;

  private static final UnknownFieldSet.Field SOMETHING =
      UnknownFieldSet.Field.newBuilder()
          .addLengthDelimited(ByteString.copyFromUtf8("something new"))
          .build();

  private final TlsEvent.Binding binding =
      new TlsEvent.Binding(
          TestObjects.stamp(5_000, 0),
          TestObjects.TLS_SESSION,
          TlsEvent.Evidence.BIO,
          new DescriptorRef(TestObjects.SERVER_PROCESS, 4),
          TestObjects.CONNECTION);
  private final ClockEvent clock = new ClockEvent(TestObjects.stamp(6_000, 1), 1, 2);

  private byte[] small() {
    return Captures.writeAll(WriterOptions.defaults(), List.of(binding, clock));
  }

  @Test
  void read_laterKindWithTable_isUnknownAndTheRestIsRight() throws Exception {
    byte[] capture =
        Captures.writeAll(
            WriterOptions.defaults(),
            List.of(binding, new UnknownEvent(clock.stamp(), LATER_KIND), clock));
    Block block =
        ForgedCapture.blockOf(capture).toBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(EventKinds.FIELD_BASE + LATER_KIND, SOMETHING)
                    .addField(50, SOMETHING)
                    .build())
            .build();

    Captures.Reading reading = Captures.read(ForgedCapture.withBlock(block, 3));

    assertThat(reading.damages()).isEmpty();
    assertThat(reading.events())
        .containsExactly(binding, new UnknownEvent(clock.stamp(), LATER_KIND), clock);
  }

  @Test
  void read_laterColumn_isSkipped() throws Exception {
    Block.Builder block = ForgedCapture.blockOf(small()).toBuilder();
    block
        .getClocksBuilder()
        .setUnknownFields(UnknownFieldSet.newBuilder().addField(40, SOMETHING).build());
    assertThat(Captures.read(ForgedCapture.withBlock(block.build(), 2)).events())
        .containsExactly(binding, clock);
  }

  @Test
  void read_laterEvidence_isAnUnknownEvent() throws Exception {
    Block.Builder block = ForgedCapture.blockOf(small()).toBuilder();
    block.getTlsBindingsBuilder().setEvidence(0, 99);
    assertThat(Captures.read(ForgedCapture.withBlock(block.build(), 2)).events())
        .containsExactly(new UnknownEvent(binding.stamp(), EventKinds.TLS_BINDING), clock);
  }

  @Test
  void read_laterCallAndCause_areNotKnown() throws Exception {
    byte[] capture =
        Captures.writeAll(
            WriterOptions.defaults(),
            List.of(
                TestObjects.data(5_000, 0, 0, Bytes.empty()),
                new LossEvent(TestObjects.stamp(6_000, 1), LossEvent.Cause.OVER_CAP, 1, 1, null)));
    Block.Builder block = ForgedCapture.blockOf(capture).toBuilder();
    block.getDatasBuilder().setCallKind(0, 9_999);
    block.getLossesBuilder().setCause(0, 9_999);

    List<CaptureEvent> events = Captures.read(ForgedCapture.withBlock(block.build(), 2)).events();

    assertThat(((StreamEvent.Data) events.get(0)).call().kind()).isEqualTo(CallKind.UNKNOWN);
    assertThat(((LossEvent) events.get(1)).cause()).isEqualTo(LossEvent.Cause.UNKNOWN);
  }

  @Test
  void read_levelOfALoss_isTheOneThatWasWrittenOrNotTold() throws Exception {
    LossEvent told = loss(1, LossEvent.Cause.SHED, 2);
    LossEvent nothing = loss(2, LossEvent.Cause.RING_FULL, 0);
    LossEvent notTold =
        new LossEvent(TestObjects.stamp(6_000, 3), LossEvent.Cause.SHED, 1, 9, null);

    byte[] capture = Captures.writeAll(WriterOptions.defaults(), List.of(told, nothing, notTold));

    assertThat(Captures.read(capture).events()).containsExactly(told, nothing, notTold);
    assertThat(notTold.level()).isEqualTo(-1);
  }

  private static LossEvent loss(int sequence, LossEvent.Cause cause, int level) {
    return new LossEvent(TestObjects.stamp(6_000, sequence), cause, 0, 0, null, level);
  }

  @Test
  void read_laterRecordType_isSkippedAndCounted() throws IOException {
    byte[] plain = ForgedCapture.withRecord(99, new byte[] {1, 2, 3});
    int offset = Captures.records(plain).get(1).offset();
    // What it would take to read such a record does not matter to who skips it.
    byte[] capture = ForgedCapture.changeHeader(plain, offset, INCOMPATIBLE_AT, 8);
    assertThat(Captures.read(capture).damages()).isEmpty();
    assertThat(Captures.summary(capture).unknownRecords()).isEqualTo(1);
    assertThat(Captures.summary(capture).damages()).isEmpty();
  }

  @Test
  void read_compatibleFlags_areIgnored() throws IOException {
    byte[] capture = ForgedCapture.changeHeader(small(), 0, COMPATIBLE_AT, 0x40);
    assertThat(Captures.read(capture).events()).containsExactly(binding, clock);
  }

  @ParameterizedTest
  @CsvSource({
    INCOMPATIBLE_AT + ", 2, 'expected known incompatible flags, found 0x2'",
    INCOMPATIBLE_AT + ", 4, 'expected known incompatible flags, found 0x4'",
    CIPHER_AT + ", 2, 'expected cipher 0 or 1, found cipher 2'",
    CODEC_AT + ", 7, 'expected codec 0 or 1, found codec 7'"
  })
  void read_whatNeedsALaterVersion_isRefusedByName(int at, int value, String message) {
    int blockAt = Captures.blocks(small()).get(0).offset();
    for (int offset : new int[] {0, blockAt}) {
      byte[] capture = ForgedCapture.changeHeader(small(), offset, at, value);
      assertThatThrownBy(() -> Captures.read(capture))
          .isInstanceOf(CaptureFormatException.Unsupported.class)
          .hasMessage(
              "test.tape: offset %d: %s: %s",
              offset, RecordType.nameOf(offset == 0 ? 1 : 2), message);
    }
  }

  @Test
  void open_laterMajorVersion_isRefusedByNumber() {
    byte[] capture = small();
    for (Captures.Placed record : Captures.records(capture)) {
      capture[record.offset() + 15] = 2;
    }
    assertThatThrownBy(() -> Captures.read(capture))
        .isInstanceOf(CaptureFormatException.Unsupported.class)
        .hasMessage("test.tape: offset 0: file header: expected format version 1, found version 2");
  }
}

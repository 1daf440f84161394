// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.proto.Block;
import dev.tapedeck.format.internal.proto.Capture;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Captures that follow the specification, each in its own way; nothing in them is damaged. */
final class ValidCaptures {
  private static final WriterOptions ZSTD = WriterOptions.defaults();
  private static final WriterOptions STORE = WriterOptions.newBuilder().codec(Codec.STORE).build();

  /** Six blocks, and a checkpoint among them: what most damage happens to. */
  static final byte[] TALK =
      Captures.write(
          WriterOptions.newBuilder().checkpointAge(Duration.ofMillis(3_500)).build(), talk());

  /** Six blocks of more than a page each. */
  static final byte[] LARGE = Captures.write(ZSTD, CorpusEvents.talk(6, 5_000, false));

  private ValidCaptures() {}

  /** Returns the events of {@link #TALK}. */
  static List<List<CaptureEvent>> talk() {
    return CorpusEvents.talk(6, 300, true);
  }

  static void forEach(FormatCorpus.Sink sink) {
    files(sink);
    events(sink);
    lengths(sink);
    codecs(sink);
    laterVersions(sink);
    capturesInside(sink);
  }

  private static void files(FormatCorpus.Sink sink) {
    byte[] empty = Captures.write(ZSTD, List.of());
    sink.add("empty", "A finished capture without a block.", empty);
    sink.add(
        "empty-unfinished",
        "A file header and nothing else: a capture that was begun.",
        Arrays.copyOf(empty, Captures.records(empty).get(0).end()));
    sink.add(
        "one-event",
        "The smallest block.",
        Captures.writeAll(ZSTD, List.of(new UnknownEvent(CorpusEvents.stamp(0), 127))));
    sink.add(
        "unfinished",
        "Ends after a whole block, as a file does that is being written: not damaged, not finished.",
        Arrays.copyOf(TALK, Captures.blocks(TALK).get(1).end()));
    sink.add("talk", "Six blocks and a checkpoint: most faults happen to this file.", TALK);
    sink.add(
        "talk-large", "Six blocks of more than a page: other faults happen to this file.", LARGE);
    WriterOptions often = WriterOptions.newBuilder().checkpointAge(Duration.ofSeconds(1)).build();
    sink.add(
        "many-checkpoints",
        "A checkpoint after every block.",
        Captures.write(often, CorpusEvents.talk(6, 100, true)));
  }

  private static void events(FormatCorpus.Sink sink) {
    sink.add(
        "every-kind",
        "Every kind of event, call, cause, evidence and role.",
        Captures.writeAll(ZSTD, CorpusEvents.everyKind()));
    sink.add(
        "random-values",
        "Random events, with extremes of every number: sums and differences wrap at 64 bits.",
        Captures.writeAll(ZSTD, new EventGenerator(20_260_101).events(150)));
    sink.add(
        "several-hosts",
        "Events of two hosts with different clocks, named in the header.",
        severalHosts());
    sink.add(
        "out-of-order",
        "Events in another order than that of time; a late one stands in the next block.",
        Captures.write(
            ZSTD,
            List.of(
                List.of(
                    CorpusEvents.data(5, TestObjects.REQUESTS, 0, Bytes.latin1("first")),
                    CorpusEvents.data(9, TestObjects.REQUESTS, 5, Bytes.latin1("second")),
                    CorpusEvents.data(2, TestObjects.RESPONSES, 0, Bytes.latin1("earlier"))),
                List.of(CorpusEvents.data(1, TestObjects.RESPONSES, 7, Bytes.latin1("late"))))));
    sink.add(
        "positions",
        "Gaps, overlaps, repeats and late bytes in one stream; cut events; events without bytes.",
        Captures.writeAll(
            ZSTD,
            List.of(
                CorpusEvents.data(0, TestObjects.REQUESTS, 1_000, Bytes.latin1("0123456789")),
                CorpusEvents.data(1, TestObjects.REQUESTS, 1_010, Bytes.latin1("follows")),
                CorpusEvents.data(2, TestObjects.REQUESTS, 2_000, Bytes.latin1("after a gap")),
                CorpusEvents.data(3, TestObjects.REQUESTS, 2_005, Bytes.latin1("overlaps")),
                CorpusEvents.data(4, TestObjects.REQUESTS, 2_005, Bytes.latin1("overlaps")),
                CorpusEvents.data(5, TestObjects.REQUESTS, 0, Bytes.latin1("late")),
                CorpusEvents.data(6, TestObjects.REQUESTS, 4, Bytes.latin1("cut"), 1_000_000),
                CorpusEvents.data(7, TestObjects.REQUESTS, 1_000_004, Bytes.empty()),
                CorpusEvents.data(8, TestObjects.REQUESTS, Long.MAX_VALUE - 3, Bytes.latin1("end")),
                new StreamEvent.Transfer(
                    CorpusEvents.stamp(9),
                    TestObjects.RESPONSES,
                    500,
                    1_500,
                    new CallRef(CallKind.SENDFILE, 9, 0, 0, 1_500)),
                new StreamEvent.CipherRecord(
                    CorpusEvents.stamp(10), TestObjects.RESPONSES, 2_000, 100, Bytes.empty()),
                CorpusEvents.data(11, TestObjects.RESPONSES, 2_105, Bytes.latin1("follows")))));
  }

  private static byte[] severalHosts() {
    CaptureHeader header =
        TestObjects.header().toBuilder()
            .hosts(
                List.of(
                    new CaptureHost(TestObjects.HOST_ID, "test-host", "x86_64", "6.1.0"),
                    new CaptureHost(-2, "other-host", "aarch64", "6.12.0")))
            .build();
    ProcessKey other = new ProcessKey(-2, 77, 5);
    EventStamp stamp = new EventStamp(other, 77, 0, 12, new EventOrigin(1, 3, 900));
    List<CaptureEvent> events = new ArrayList<>(CorpusEvents.talk(1, 50, true).get(0));
    events.add(new ClockEvent(stamp, 15, TestObjects.START_REAL_NANOS + 5));
    events.add(
        new SocketEvent.Connect(
            stamp,
            new ConnectionId(-2, 1001, 1),
            new DescriptorRef(other, 3),
            TestObjects.SERVER_FLOW.reversed()));
    byte[] one = Captures.writeAll(ZSTD, events);
    List<CaptureForge.Part> parts = new ArrayList<>(CaptureForge.parts(one));
    parts.set(0, parts.get(0).withMetadata(HeaderCodec.toProto(header).toByteArray()));
    return CaptureForge.assemble(header, parts);
  }

  private static void lengths(FormatCorpus.Sink sink) {
    List<CaptureEvent> lengths = new ArrayList<>();
    long position = 0;
    for (int length : new int[] {0, 1, 63, 64, 127, 128, 65_535, 65_536, 65_537}) {
      lengths.add(
          CorpusEvents.data(
              lengths.size(), TestObjects.REQUESTS, position, CorpusEvents.ramp(length)));
      position += length;
    }
    sink.add(
        "payload-lengths",
        "Payloads of 0 and 1 bytes and around 2^6, 2^7 and 2^16.",
        Captures.writeAll(ZSTD, lengths));
    int most = BlockEncoder.MAX_EVENT_BYTES;
    sink.add(
        "largest-event",
        "The most bytes that one event may hold: 8 MiB.",
        Captures.writeAll(
            ZSTD, List.of(CorpusEvents.data(0, TestObjects.REQUESTS, 0, CorpusEvents.ramp(most)))));
    sink.add(
        "plane-at-limit",
        "A payload plane of exactly 16 MiB, decompressed.",
        LyingCaptures.withPayloadPlane(ReaderOptions.MAX_BLOCK_BYTES));
    sink.add(
        "plane-below-limit",
        "A payload plane of one byte less than 16 MiB, decompressed.",
        LyingCaptures.withPayloadPlane(ReaderOptions.MAX_BLOCK_BYTES - 1));
  }

  private static void codecs(FormatCorpus.Sink sink) {
    sink.add(
        "codec-stored",
        "Planes that are zstd frames of raw blocks.",
        Captures.write(STORE, CorpusEvents.talk(2, 200, true)));
    sink.add(
        "codec-plain",
        "Codec 0 in blocks: planes as they are.",
        CaptureForge.assemble(
            TestObjects.header(),
            CaptureForge.parts(TALK).stream()
                .map(part -> part.isBlock() ? part.withHeader(plain(part.header())) : part)
                .toList()));
    sink.add(
        "codec-archival",
        "Zstd at level 19, as an archive has it.",
        Captures.write(
            WriterOptions.newBuilder().zstdLevel(19).build(), CorpusEvents.talk(2, 3_000, true)));
  }

  private static RecordHeader plain(RecordHeader header) {
    return header.toBuilder()
        .planes(RecordHeader.CODEC_PLAIN, header.metadata(), header.payload())
        .build();
  }

  private static void laterVersions(FormatCorpus.Sink sink) {
    sink.add(
        "unknown-kinds",
        "Kinds of event that are not in the registry, one of them with a table.",
        withUnknownKinds());
    sink.add(
        "unknown-fields",
        "Fields and columns of a later version in every message.",
        withUnknownFields());
    sink.add(
        "unknown-numbers",
        "A call, a cause, and evidence of a binding that are not in the registry.",
        withUnknownNumbers());
    List<CaptureForge.Part> records = new ArrayList<>(CaptureForge.parts(TALK));
    CaptureForge.Part unknown =
        CaptureForge.body(224, Bytes.latin1("of a later version").toArray());
    CaptureForge.Part strange =
        unknown.withHeader(unknown.header().toBuilder().flags(0, 1 << 7).build());
    records.add(2, unknown);
    records.add(1, strange);
    records.add(1, CaptureForge.body(199, new byte[0]));
    sink.add(
        "unknown-records",
        "Records of types that are not in the registry, one with an incompatible flag.",
        CaptureForge.assemble(TestObjects.header(), records));
    sink.add(
        "unknown-flags",
        "Compatible flags that are not in the registry, in records of every type.",
        CaptureForge.assemble(
            TestObjects.header(),
            CaptureForge.parts(TALK).stream()
                .map(part -> part.withHeader(part.header().toBuilder().flags(0xF0, 0).build()))
                .toList()));
  }

  private static byte[] withUnknownKinds() {
    byte[] capture =
        Captures.writeAll(
            ZSTD,
            List.of(
                new UnknownEvent(CorpusEvents.stamp(0), 21),
                new ClockEvent(CorpusEvents.stamp(1), 0, 0),
                new UnknownEvent(CorpusEvents.stamp(2), 111),
                new UnknownEvent(CorpusEvents.stamp(3), 100_000),
                new UnknownEvent(CorpusEvents.stamp(4), 111)));
    UnknownFieldSet table =
        UnknownFieldSet.newBuilder().mergeLengthDelimitedField(211, varints(8, 2)).build();
    return changeBlocks(capture, block -> block.setUnknownFields(table));
  }

  private static byte[] withUnknownFields() {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .mergeVarintField(60, 5)
            .mergeLengthDelimitedField(61, varints(1, 2, 3))
            .mergeField(62, UnknownFieldSet.Field.newBuilder().addFixed32(7).addFixed64(8).build())
            .build();
    byte[] changed =
        changeBlocks(
            TALK,
            block -> {
              block.setUnknownFields(unknown);
              block.getEventsBuilder().setUnknownFields(unknown);
              block.getHostsBuilder().setUnknownFields(unknown);
              block.getStreamsBuilder().setUnknownFields(unknown);
              block.getDatasBuilder().setUnknownFields(unknown);
            });
    List<CaptureForge.Part> parts = new ArrayList<>(CaptureForge.parts(changed));
    FileHeader header =
        HeaderCodec.toProto(TestObjects.header()).toBuilder().setUnknownFields(unknown).build();
    parts.set(0, parts.get(0).withMetadata(header.toByteArray()));
    return CaptureForge.assemble(TestObjects.header(), parts);
  }

  private static byte[] withUnknownNumbers() {
    EventStamp stamp = CorpusEvents.stamp(0);
    byte[] capture =
        Captures.writeAll(
            ZSTD,
            List.of(
                new TlsEvent.Binding(
                    stamp,
                    TestObjects.TLS_SESSION,
                    TlsEvent.Evidence.BIO,
                    new DescriptorRef(TestObjects.SERVER_PROCESS, 5),
                    null),
                CorpusEvents.data(1, TestObjects.REQUESTS, 0, Bytes.latin1("bytes")),
                new LossEvent(CorpusEvents.stamp(2), LossEvent.Cause.OVER_CAP, 1, 2, null)));
    return changeBlocks(
        capture,
        block -> {
          block.getTlsBindingsBuilder().setEvidence(0, 99);
          block.getDatasBuilder().setCallKind(0, 63);
          block.getLossesBuilder().setCause(0, 4_000_000);
        });
  }

  /** Changes the message of a block. */
  private interface BlockChange {
    void apply(Block.Builder block);
  }

  private static byte[] changeBlocks(byte[] capture, BlockChange change) {
    List<CaptureForge.Part> parts = new ArrayList<>();
    for (CaptureForge.Part part : CaptureForge.parts(capture)) {
      parts.add(part.isBlock() ? changed(part, change) : part);
    }
    return CaptureForge.assemble(TestObjects.header(), parts);
  }

  private static CaptureForge.Part changed(CaptureForge.Part part, BlockChange change) {
    Block.Builder block = part.block().toBuilder();
    change.apply(block);
    return part.withMetadata(Capture.newBuilder().addBlock(block).build().toByteArray());
  }

  private static ByteString varints(int... small) {
    byte[] bytes = new byte[small.length];
    for (int i = 0; i < small.length; i++) {
      bytes[i] = (byte) small[i];
    }
    return ByteString.copyFrom(bytes);
  }

  private static void capturesInside(FormatCorpus.Sink sink) {
    sink.add(
        "other-capture-inside",
        "The upload of another capture, in a stored block.",
        UploadedCapture.in(STORE, UploadedCapture.otherFile()));
    sink.add(
        "own-past-inside",
        "The upload of the file itself as far as it was written.",
        UploadedCapture.in(STORE, UploadedCapture.ownPast()));
  }
}

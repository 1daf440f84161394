// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Gzip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecoderTest {
  private static final byte[] TEXT =
      "Compressible text, the same in every coding. ".repeat(20).getBytes(StandardCharsets.UTF_8);

  /** The text above in brotli: there is no encoder at hand. */
  private static final byte[] BROTLI =
      Base64.getDecoder()
          .decode("G4MDABwJdgyyjiHShb18cxvqsbI0NiXWBhtw4Jg3bhP5sAEnWDRs3xQvexCCfKb7ixhpf0QA");

  private final ContentDecoder decoder = new ContentDecoder(AnalyzerOptions.defaults());

  private static byte[] deflate(byte[] content, boolean raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw);
    try (DeflaterOutputStream stream = new DeflaterOutputStream(out, deflater)) {
      stream.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }

  private static ByteRope rope(byte[]... runs) {
    List<Bytes> segments = new ArrayList<>();
    for (byte[] run : runs) {
      segments.add(Bytes.copyOf(run));
    }
    return new ByteRope(segments);
  }

  private ContentDecoder.Decoded decode(ByteRope wire, String... codings) {
    return decoder.decode(wire, Long.MAX_VALUE, List.of(codings));
  }

  private static byte[] bytes(ContentDecoder.Decoded decoded) {
    return decoded.content().toBytes().toArray();
  }

  static Stream<Arguments> codings() {
    return Stream.of(
        Arguments.of("gzip", Gzip.of(TEXT)),
        Arguments.of("X-GZIP", Gzip.of(TEXT)),
        Arguments.of("deflate", deflate(TEXT, false)),
        Arguments.of("Deflate", deflate(TEXT, true)),
        Arguments.of("br", BROTLI),
        Arguments.of("zstd", Zstd.compress(TEXT)),
        Arguments.of("identity, gzip", Gzip.of(TEXT)),
        Arguments.of("gzip, zstd", Zstd.compress(Gzip.of(TEXT))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("codings")
  void decode_wholeContent_isUndoneHoweverItIsSplit(String coding, byte[] wire) {
    for (int split = 1; split < wire.length; split++) {
      ByteRope rope =
          rope(Arrays.copyOf(wire, split), Arrays.copyOfRange(wire, split, wire.length));
      ContentDecoder.Decoded decoded = decode(rope, coding);
      assertThat(bytes(decoded)).as("split at %d", split).isEqualTo(TEXT);
      assertThat(decoded.anomalies()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("codings")
  void decode_cutAnywhere_keepsAPrefix(String coding, byte[] wire) {
    for (int length = 3; length < wire.length - 8; length++) {
      ContentDecoder.Decoded decoded = decode(rope(Arrays.copyOf(wire, length)), coding);
      byte[] content = bytes(decoded);
      assertThat(decoded.anomalies()).as("cut at %d", length).isNotEmpty();
      if (!Arrays.equals(content, Arrays.copyOf(wire, length)) && !coding.equals("gzip, zstd")) {
        assertThat(content).as("cut at %d", length).isEqualTo(Arrays.copyOf(TEXT, content.length));
      }
    }
  }

  @Test
  void decode_multiMemberGzip_givesAllMembers() {
    byte[] half = Arrays.copyOf(TEXT, 100);
    byte[] rest = Arrays.copyOfRange(TEXT, 100, TEXT.length);
    assertThat(bytes(decode(rope(Gzip.of(half), Gzip.of(rest)), "gzip"))).isEqualTo(TEXT);
  }

  @Test
  void decode_badChecksum_keepsTheContent() {
    byte[] wire = Gzip.of(TEXT);
    wire[wire.length - 6] ^= 1;
    ContentDecoder.Decoded decoded = decode(rope(wire), "gzip");
    assertThat(bytes(decoded)).isEqualTo(TEXT);
    assertThat(decoded.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CODING_FORM, "checksum wrong"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip;",
        "gz\0ip",
        "\0gzip",
        "gzip\u00a0",
        "x gzip",
        "\"gzip\"",
        "gzip;q=1",
        "\0",
        "gzip\0,"
      })
  void decode_oddLabel_isReadAsBrowsersDo(String label) {
    ContentDecoder.Decoded decoded = decode(rope(Gzip.of(TEXT)), label);
    assertThat(bytes(decoded)).isEqualTo(TEXT);
    assertThat(decoded.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CODING_FORM, "label read as gzip"));
  }

  @Test
  void decode_severalFieldsAndWrongOrder_bytesShowTheCoding() {
    byte[] inner = deflate(TEXT, true);
    assertThat(bytes(decode(rope(Gzip.of(inner)), "x-deflate", " GZip "))).isEqualTo(TEXT);
    assertThat(bytes(decode(rope(Gzip.of(inner)), "gzip, deflate"))).isEqualTo(TEXT);
    ContentDecoder.Decoded once = decode(rope(Gzip.of(TEXT)), "gzip", "gzip");
    assertThat(bytes(once)).isEqualTo(TEXT);
    assertThat(once.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CONTENT_CODING, "not gzip"));
  }

  @Test
  void decode_bytesBehindTheEnd_areSaidToBeThere() {
    for (byte[] wire : List.of(Gzip.of(TEXT), deflate(TEXT, false), deflate(TEXT, true))) {
      ContentDecoder.Decoded decoded =
          decode(rope(wire, "junk".getBytes(StandardCharsets.UTF_8)), "deflate");
      assertThat(bytes(decoded)).isEqualTo(TEXT);
      assertThat(decoded.anomalies())
          .contains(new Anomaly(AnomalyKind.CODING_FORM, "bytes behind the end: 4"));
    }
  }

  @Test
  void decode_zeroPaddingBetweenAndBehindMembers_isNothing() {
    byte[] zeros = new byte[9];
    ContentDecoder.Decoded decoded =
        decode(rope(Gzip.of(TEXT), zeros, Gzip.of(new byte[] {'!'}), zeros), "gzip");
    assertThat(decoded.content().toBytes().toUtf8())
        .isEqualTo(new String(TEXT, StandardCharsets.UTF_8) + "!");
    assertThat(decoded.anomalies()).isEmpty();
  }

  @Test
  void decode_damageInside_keepsEveryByteBeforeIt() {
    byte[] plain = new byte[20_000];
    new Random(3).nextBytes(plain);
    byte[] wire = Gzip.of(plain);
    int damage = wire.length / 2;
    Arrays.fill(wire, damage, damage + 6000, (byte) 0xff);
    ContentDecoder.Decoded decoded = decode(rope(wire), "gzip");
    byte[] content = bytes(decoded);
    assertThat(content.length).isGreaterThan(damage - 100);
    assertThat(Arrays.copyOf(content, damage - 100)).isEqualTo(Arrays.copyOf(plain, damage - 100));
  }

  @Test
  void decode_zstdFrames_giveAllFramesAndSkipSkippable() {
    byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 'x', 'y'};
    byte[] one = Zstd.compress(TEXT);
    ContentDecoder.Decoded decoded = decode(rope(one, skippable, one), "zstd");
    assertThat(decoded.content().length()).isEqualTo(2L * TEXT.length);
    assertThat(decoded.anomalies()).isEmpty();
    ContentDecoder.Decoded cut = decode(rope(one, Arrays.copyOf(one, one.length - 3)), "zstd");
    assertThat(cut.content().length()).isGreaterThanOrEqualTo(TEXT.length);
    assertThat(cut.anomalies()).hasSize(1);
  }

  @Test
  void decode_textAndSmallBinaryLabelledAsCoded_stayAsTheyAre() {
    for (String label : List.of("gzip", "deflate", "br", "zstd")) {
      for (byte[] plain :
          List.of(TEXT, new byte[] {3, 0, 1, 2, 3, 4}, new byte[] {(byte) 0x89, 'P', 'N', 'G'})) {
        ContentDecoder.Decoded decoded = decode(rope(plain), label);
        assertThat(bytes(decoded)).as("%s", label).isEqualTo(plain);
        assertThat(decoded.anomalies()).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.tapedeck.analyzer.http.GzipFixtures#files")
  void decode_thirdPartyGzip_givesTheContent(String name, Bytes wire) {
    ContentDecoder.Decoded decoded =
        decoder.decode(new ByteRope(List.of(wire)), Long.MAX_VALUE, List.of("gzip"));
    assertThat(decoded.content().toBytes().toUtf8())
        .as(name)
        .isEqualTo(GzipFixtures.expected(name));
  }

  @Test
  void decode_textLabelledGzip_keepsTheWireBytes() {
    ContentDecoder.Decoded decoded = decode(rope(TEXT), "gzip");
    assertThat(bytes(decoded)).isEqualTo(TEXT);
    assertThat(decoded.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CONTENT_CODING, "not gzip"));
  }

  @Test
  void decode_gzipLabelledDeflate_isUndoneWithAnAnomaly() {
    ContentDecoder.Decoded decoded = decode(rope(Gzip.of(TEXT)), "deflate");
    assertThat(bytes(decoded)).isEqualTo(TEXT);
    assertThat(decoded.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CODING_FORM, "deflate label on gzip"));
  }

  /** LZW of less than 256 bytes, each as the code of itself: none is longer than 9 bits then. */
  private static byte[] compress(byte[] content) {
    byte[] wire = new byte[3 + (9 * content.length + 7) / 8];
    wire[0] = 0x1f;
    wire[1] = (byte) 0x9d;
    wire[2] = (byte) 0x90;
    for (int i = 0; i < content.length; i++) {
      int bit = 9 * i;
      int code = (content[i] & 0xff) << (bit % 8);
      wire[3 + bit / 8] |= (byte) code;
      wire[4 + bit / 8] |= (byte) (code >>> 8);
    }
    return wire;
  }

  @ParameterizedTest
  @ValueSource(strings = {"compress", "x-compress", "X-Compress"})
  void decode_compress_isUndoneAndOfWhatIsCutAPrefixIsKept(String label) {
    byte[] content = Arrays.copyOf(TEXT, Math.min(TEXT.length, 200));
    byte[] wire = compress(content);
    assertThat(bytes(decode(rope(wire), label))).isEqualTo(content);
    for (int length = 3; length < wire.length; length++) {
      byte[] prefix = bytes(decode(rope(Arrays.copyOf(wire, length)), label));
      assertThat(prefix).isEqualTo(Arrays.copyOf(content, prefix.length));
    }
  }

  @Test
  void decode_compressWithDamage_keepsWhatCameBefore() {
    byte[] wire = compress(new byte[] {'a', 'b', 'c', 'd', 'e', 'f'});
    wire[7] |= (byte) 0xff;
    wire[8] |= (byte) 0xff;
    ContentDecoder.Decoded decoded = decode(rope(wire), "compress");
    assertThat(new String(bytes(decoded), StandardCharsets.ISO_8859_1)).startsWith("ab");
    assertThat(decoded.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CONTENT_CODING, "damaged"));
  }

  @Test
  void decode_unknownCoding_keepsTheWireBytes() {
    ContentDecoder.Decoded decoded = decode(rope(TEXT), "lzma");
    assertThat(bytes(decoded)).isEqualTo(TEXT);
    assertThat(decoded.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CONTENT_CODING, "unknown"));
  }

  @Test
  void decode_bytesBehindAGap_areNotDecoded() {
    byte[] wire = Gzip.of(TEXT);
    byte[] start = Arrays.copyOf(wire, 20);
    byte[] end = Arrays.copyOfRange(wire, 25, wire.length);
    ContentDecoder.Decoded decoded =
        decoder.decode(rope(start, end), start.length, List.of("gzip"));
    byte[] content = bytes(decoded);
    assertThat(content).isEqualTo(Arrays.copyOf(TEXT, content.length));
    assertThat(decoded.anomalies())
        .containsExactly(new Anomaly(AnomalyKind.CONTENT_CODING, "ends early"));
  }

  @Test
  void decode_bomb_stopsAtTheBound() {
    AnalyzerOptions options =
        AnalyzerOptions.newBuilder().maxDecodedBytes(1 << 20).maxDecodedRatio(100).build();
    ContentDecoder bounded = new ContentDecoder(options);
    ContentDecoder.Decoded decoded =
        bounded.decode(rope(Gzip.of(new byte[64 << 20])), Long.MAX_VALUE, List.of("gzip"));
    assertThat(decoded.content().length()).isBetween(1L << 20, (1L << 20) + (64L << 10));
    assertThat(decoded.anomalies())
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.kind()).isEqualTo(AnomalyKind.LIMIT));
  }

  @Test
  void decode_ratioBeyondTheBound_stops() {
    ContentDecoder bounded =
        new ContentDecoder(AnalyzerOptions.newBuilder().maxDecodedRatio(100).build());
    ContentDecoder.Decoded decoded =
        bounded.decode(rope(Gzip.of(new byte[64 << 20])), Long.MAX_VALUE, List.of("gzip"));
    assertThat(decoded.content().length()).isLessThan(32L << 20);
    assertThat(decoded.anomalies())
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.kind()).isEqualTo(AnomalyKind.LIMIT));
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.analyzer.http.internal.h2.FieldBlock;
import dev.tapedeck.analyzer.http.internal.h2.HpackDecoder;
import dev.tapedeck.format.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Decodes header blocks beside Netty's decoder on the same bytes: one thread, alternating runs,
 * medians. The blocks are Netty's, once with and once without a dynamic table to refer to.
 */
public final class HpackBench {
  private static final int CONNECTIONS = 16;
  private static final int BLOCKS_PER_CONNECTION = 1000;
  private static final int WARM_UP_RUNS = 10;
  private static final int RUNS = 21;
  private static final int SHORT_RUNS = 7;
  private static final int MAX_FIELDS_BYTES = 1 << 20;

  private final List<List<Bytes>> connections = new ArrayList<>();
  private long wireBytes;
  private long fields;

  private HpackBench(boolean indexing) throws Http2Exception {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < CONNECTIONS; i++) {
      DefaultHttp2HeadersEncoder encoder =
          new DefaultHttp2HeadersEncoder(
              indexing
                  ? Http2HeadersEncoder.NEVER_SENSITIVE
                  : Http2HeadersEncoder.ALWAYS_SENSITIVE);
      List<Bytes> blocks = new ArrayList<>();
      for (int j = 0; j < BLOCKS_PER_CONNECTION; j++) {
        Http2Headers headers = i % 2 == 0 ? request(random) : response(random);
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(1, headers, block);
        blocks.add(Bytes.copyOf(block.nioBuffer()));
        wireBytes += block.readableBytes();
        fields += headers.size();
      }
      connections.add(blocks);
    }
  }

  private static Http2Headers request(SplittableRandom random) {
    return new DefaultHttp2Headers()
        .method("GET")
        .scheme("https")
        .authority("shop.example")
        .path("/api/v1/orders/" + random.nextInt(100_000) + "?page=" + random.nextInt(20))
        .add("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
        .add("accept", "application/json, text/plain, */*")
        .add("accept-encoding", "gzip, deflate, br, zstd")
        .add("accept-language", "en-US,en;q=0.5")
        .add("cookie", "session=" + Long.toHexString(random.nextLong()))
        .add("traceparent", "00-" + Long.toHexString(random.nextLong()) + "-01");
  }

  private static Http2Headers response(SplittableRandom random) {
    return new DefaultHttp2Headers()
        .status("200")
        .add("server", "nginx")
        .add("date", "Sat, 01 Jan 2000 00:" + (10 + random.nextInt(50)) + ":00 GMT")
        .add("content-type", "application/json; charset=utf-8")
        .add("content-length", Integer.toString(random.nextInt(100_000)))
        .add("cache-control", "no-cache, no-store, must-revalidate")
        .add("etag", "\"" + Long.toHexString(random.nextLong()) + "\"")
        .add("vary", "accept-encoding");
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws Http2Exception {
    int runs = BenchTable.isShort(arguments) ? SHORT_RUNS : RUNS;
    new HpackBench(true).run(System.out, "HPACK with a dynamic table", runs);
    new HpackBench(false).run(System.out, "HPACK, all literal", runs);
  }

  private void run(PrintStream out, String what, int runs) throws Http2Exception {
    double[] ours = new double[runs];
    double[] netty = new double[runs];
    for (int run = -WARM_UP_RUNS; run < runs; run++) {
      long started = System.nanoTime();
      decode();
      double oursSeconds = (System.nanoTime() - started) / 1e9;
      started = System.nanoTime();
      decodeWithNetty();
      double nettySeconds = (System.nanoTime() - started) / 1e9;
      if (run >= 0) {
        ours[run] = oursSeconds;
        netty[run] = nettySeconds;
      }
    }
    double oursMedian = BenchTable.median(ours);
    double nettyMedian = BenchTable.median(netty);
    out.printf("%d fields, %d bytes a field on average%n", fields, wireBytes / fields);
    BenchTable.ratio(
        out, what, rate(oursMedian), "Netty " + rate(nettyMedian), nettyMedian / oursMedian);
  }

  private String rate(double seconds) {
    return String.format(
        Locale.ROOT,
        "%.0f MB/s, %.1f M fields/s",
        wireBytes / seconds / 1e6,
        fields / seconds / 1e6);
  }

  private void decode() {
    long decoded = 0;
    FieldBlock block = new FieldBlock(MAX_FIELDS_BYTES);
    for (List<Bytes> connection : connections) {
      HpackDecoder decoder = new HpackDecoder(true);
      for (Bytes wire : connection) {
        decoder.decode(wire, block);
        decoded += block.snapshot().size() + pseudoFields(block);
      }
    }
    check(decoded);
  }

  private static int pseudoFields(FieldBlock block) {
    int count = 0;
    for (int i = 0; i < block.size(); i++) {
      count += block.isPseudo(i) ? 1 : 0;
    }
    return count;
  }

  private void decodeWithNetty() throws Http2Exception {
    long decoded = 0;
    for (List<Bytes> connection : connections) {
      DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, MAX_FIELDS_BYTES);
      for (Bytes wire : connection) {
        ByteBuf buffer =
            Unpooled.wrappedBuffer(wire.sharedArray(), wire.sharedOffset(), wire.length());
        decoded += decoder.decodeHeaders(1, buffer).size();
      }
    }
    check(decoded);
  }

  private void check(long decoded) {
    if (decoded != fields) {
      throw new IllegalStateException("decoded=" + decoded + " fields=" + fields);
    }
  }
}

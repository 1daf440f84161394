// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.session.Analyses;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TestObjects;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On well-formed HTTP/2 the parser says what Netty's frame reader says, which wrote it, too. */
class Http2OracleTest {
  private static final int STREAMS = 41;
  private static final int PREFACE_BYTES = 24;
  private static final String TEXT =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/%= ";

  /** What is compared of a message. */
  private static final class Seen {
    private final List<String> headers = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private final List<String> trailers = new ArrayList<>();

    @Override
    public String toString() {
      return headers + " '" + body + "' " + trailers;
    }
  }

  /** One direction as Netty writes it: streams interleaved, padded, their heads continued. */
  private static final class Writing {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext context = channel.pipeline().firstContext();
    private final Http2FrameWriter writer = new DefaultHttp2FrameWriter();
    private final SplittableRandom random;

    Writing(SplittableRandom random) {
      this.random = random;
      accepted(writer.writeSettings(context, new Http2Settings(), channel.newPromise()));
    }

    /** Netty takes what it is to write, or says at once why not. */
    private static void accepted(ChannelFuture written) {
      assertThat(written.cause()).isNull();
    }

    private String word(int longest) {
      int length = random.nextInt(1, longest);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        text.append(TEXT.charAt(random.nextInt(TEXT.length() - 1)));
      }
      return text.toString();
    }

    void head(int id, Http2Headers headers, boolean end) {
      for (int fields = random.nextInt(8); fields > 0; fields--) {
        // Few names, so that the tables are used; a value that needs CONTINUATION now and then.
        headers.add("x-" + random.nextInt(12), word(random.nextInt(20) == 0 ? 20_000 : 30));
      }
      accepted(writer.writeHeaders(context, id, headers, padding(), end, channel.newPromise()));
    }

    void data(int id, boolean end) {
      ByteBuf body = Unpooled.copiedBuffer(word(400), StandardCharsets.ISO_8859_1);
      accepted(writer.writeData(context, id, body, padding(), end, channel.newPromise()));
    }

    void control() {
      switch (random.nextInt(6)) {
        case 0 ->
            accepted(writer.writePing(context, false, random.nextLong(), channel.newPromise()));
        case 1 -> accepted(writer.writeWindowUpdate(context, 0, 1000, channel.newPromise()));
        default -> {
          // Most frames have none between them.
        }
      }
    }

    private int padding() {
      return random.nextInt(3) == 0 ? random.nextInt(1, 200) : 0;
    }

    Bytes take() {
      channel.flush();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
        out.writeBytes(ByteBufUtil.getBytes(part));
        part.release();
      }
      return Bytes.copyOf(out.toByteArray());
    }
  }

  /** Well-formed traffic of both directions. */
  private static final class Traffic {
    private final List<CaptureEvent> events = new ArrayList<>();
    private final ByteArrayOutputStream requests = new ByteArrayOutputStream();
    private final ByteArrayOutputStream responses = new ByteArrayOutputStream();
    private final long seed;

    Traffic(long seed) {
      this.seed = seed;
      events.add(
          new SocketEvent.Accept(
              TestObjects.stamp(1_000_000, 0),
              TestObjects.CONNECTION,
              new DescriptorRef(TestObjects.SERVER_PROCESS, 3),
              TestObjects.SERVER_FLOW));
      SplittableRandom random = new SplittableRandom(seed);
      Writing client = new Writing(random.split());
      Writing server = new Writing(random.split());
      move(Bytes.latin1("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), TestObjects.REQUESTS, requests);
      List<List<Runnable>> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        int id = 2 * i + 1;
        List<Runnable> steps = new ArrayList<>();
        message(random, client, id, true, steps);
        message(random, server, id, false, steps);
        // Streams begin in ascending order (RFC 9113, section 5.1.1).
        steps.get(0).run();
        steps.remove(0);
        streams.add(steps);
        while (random.nextInt(3) > 0) {
          step(random, streams);
          move(client.take(), TestObjects.REQUESTS, requests);
          move(server.take(), TestObjects.RESPONSES, responses);
        }
        client.control();
        server.control();
      }
      while (streams.stream().anyMatch(steps -> !steps.isEmpty())) {
        step(random, streams);
        move(client.take(), TestObjects.REQUESTS, requests);
        move(server.take(), TestObjects.RESPONSES, responses);
      }
    }

    private static void step(SplittableRandom random, List<List<Runnable>> streams) {
      List<Runnable> steps = streams.get(random.nextInt(streams.size()));
      if (!steps.isEmpty()) {
        steps.remove(0).run();
      }
    }

    private static void message(
        SplittableRandom random, Writing out, int id, boolean request, List<Runnable> steps) {
      int frames = random.nextInt(4);
      boolean trailers = random.nextInt(4) == 0;
      steps.add(
          () -> {
            Http2Headers head = new DefaultHttp2Headers();
            if (request) {
              head.method("POST").scheme("http").authority("a.example").path("/" + id);
            } else {
              head.status(Integer.toString(200 + id % 5));
            }
            out.head(id, head, frames == 0 && !trailers);
          });
      for (int i = 0; i < frames; i++) {
        boolean last = i == frames - 1 && !trailers;
        steps.add(() -> out.data(id, last));
      }
      if (trailers) {
        steps.add(() -> out.head(id, new DefaultHttp2Headers().add("x-sum", "1"), true));
      }
    }

    private void move(Bytes bytes, StreamId stream, ByteArrayOutputStream out) {
      for (Bytes part : Chunking.random(seed + out.size()).split(bytes)) {
        events.add(
            new StreamEvent.Data(
                TestObjects.stamp(1_000_000L * events.size() + 2_000_000, events.size()),
                stream,
                out.size(),
                part.length(),
                part.length(),
                part,
                new CallRef(CallKind.READ, events.size(), 0, part.length(), part.length())));
        out.writeBytes(part.toArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
  void parse_wellFormedTraffic_agreesWithNetty(long seed) throws Http2Exception {
    Traffic traffic = new Traffic(seed);
    List<Session> sessions = Analyses.analyzeEachEnd(traffic.events);
    assertThat(sessions).hasSize(1);
    assertThat(sessions.get(0).exchanges()).as("seed %d", seed).hasSize(STREAMS);
    assertThat(ours(sessions.get(0), true))
        .as("requests, seed %d", seed)
        .isEqualTo(netty(traffic.requests, PREFACE_BYTES));
    assertThat(ours(sessions.get(0), false))
        .as("responses, seed %d", seed)
        .isEqualTo(netty(traffic.responses, 0));
  }

  private static Map<Integer, String> ours(Session session, boolean requests) {
    Map<Integer, String> seen = new TreeMap<>();
    for (Exchange exchange : session.exchanges()) {
      HttpMessage message = requests ? exchange.request() : exchange.response();
      Seen one = new Seen();
      if (requests) {
        one.headers.add(exchange.request().method() + " " + exchange.request().target());
      } else {
        one.headers.add(Integer.toString(exchange.response().status()));
      }
      add(message.headers(), one.headers);
      one.body.append(message.body().content().toBytes().toLatin1());
      add(message.trailers(), one.trailers);
      seen.put(exchange.streamId(), one.toString());
      assertThat(message.anomalies()).isEmpty();
    }
    return seen;
  }

  private static void add(HeaderFields fields, List<String> lines) {
    for (HeaderField field : fields.toList()) {
      if (!field.name().startsWith(":")) {
        lines.add(field.name() + ": " + field.value());
      }
    }
  }

  private static Map<Integer, String> netty(ByteArrayOutputStream bytes, int from)
      throws Http2Exception {
    Map<Integer, Seen> seen = new TreeMap<>();
    EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    Http2FrameAdapter listener =
        new Http2FrameAdapter() {
          @Override
          public void onHeadersRead(
              ChannelHandlerContext context,
              int id,
              Http2Headers headers,
              int padding,
              boolean end) {
            Seen known = seen.get(id);
            Seen one = known == null ? new Seen() : known;
            seen.put(id, one);
            if (known == null) {
              one.headers.add(
                  headers.method() == null
                      ? headers.status().toString()
                      : headers.method() + " " + headers.path());
            }
            for (Map.Entry<CharSequence, CharSequence> field : headers) {
              if (field.getKey().charAt(0) != ':') {
                (known == null ? one.headers : one.trailers)
                    .add(field.getKey() + ": " + field.getValue());
              }
            }
          }

          @Override
          public void onHeadersRead(
              ChannelHandlerContext context,
              int id,
              Http2Headers headers,
              int dependency,
              short weight,
              boolean exclusive,
              int padding,
              boolean end) {
            onHeadersRead(context, id, headers, padding, end);
          }

          @Override
          public int onDataRead(
              ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end) {
            seen.get(id).body.append(data.toString(StandardCharsets.ISO_8859_1));
            return data.readableBytes() + padding;
          }
        };
    try (DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader(false)) {
      reader.headersConfiguration().maxHeaderListSize(1 << 20, 1 << 21);
      ByteBuf in = Unpooled.wrappedBuffer(bytes.toByteArray());
      in.skipBytes(from);
      while (in.isReadable()) {
        reader.readFrame(channel.pipeline().firstContext(), in, listener);
      }
    }
    channel.finishAndReleaseAll();
    Map<Integer, String> lines = new TreeMap<>();
    seen.forEach((id, one) -> lines.put(id, one.toString()));
    return lines;
  }
}

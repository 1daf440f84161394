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
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TestObjects;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On well-formed input the parsers say what Netty's decoders and HttpCore5's parsers say. */
class LibraryOracleTest {
  private static final int EXCHANGES = 41;
  private static final String TEXT =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

  /** What is compared of a message. */
  private record Seen(String start, List<String> headers, String body, List<String> trailers) {}

  /** Well-formed messages of both directions. */
  private static final class Traffic {
    private final SplittableRandom random;
    private final ByteArrayOutputStream requests = new ByteArrayOutputStream();
    private final ByteArrayOutputStream responses = new ByteArrayOutputStream();
    private final List<CaptureEvent> events = new ArrayList<>();

    Traffic(long seed) {
      random = new SplittableRandom(seed);
      events.add(
          new SocketEvent.Accept(
              TestObjects.stamp(1_000_000, 0),
              TestObjects.CONNECTION,
              new dev.tapedeck.format.DescriptorRef(TestObjects.SERVER_PROCESS, 3),
              TestObjects.SERVER_FLOW));
      for (int i = 0; i < EXCHANGES; i++) {
        boolean body = random.nextBoolean();
        add(
            (body ? "POST /" : "GET /") + word() + "?" + word() + " HTTP/1.1\r\nHost: x\r\n",
            body,
            requests,
            TestObjects.REQUESTS,
            seed);
        add("HTTP/1.1 200 " + word() + "\r\n", true, responses, TestObjects.RESPONSES, seed);
      }
    }

    private String word() {
      int length = random.nextInt(1, 20);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        text.append(TEXT.charAt(random.nextInt(TEXT.length())));
      }
      return text.toString();
    }

    private void add(
        String start, boolean body, ByteArrayOutputStream out, StreamId stream, long seed) {
      StringBuilder text = new StringBuilder(start);
      for (int fields = random.nextInt(8); fields > 0; fields--) {
        text.append("X-").append(word()).append(':').append(" ".repeat(random.nextInt(3)));
        text.append(word()).append("\r\n");
      }
      if (!body) {
        text.append("\r\n");
      } else if (random.nextBoolean()) {
        String content = word().repeat(random.nextInt(40));
        text.append("Content-Length: ").append(content.length()).append("\r\n\r\n").append(content);
      } else {
        text.append("Transfer-Encoding: chunked\r\n\r\n");
        for (int chunks = random.nextInt(5); chunks > 0; chunks--) {
          String chunk = word();
          text.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk);
          text.append("\r\n");
        }
        text.append("0\r\n");
        if (random.nextBoolean()) {
          text.append("X-Trailer: ").append(word()).append("\r\n");
        }
        text.append("\r\n");
      }
      Bytes bytes = Bytes.latin1(text.toString());
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
  void parse_wellFormedTraffic_agreesWithNetty(long seed) {
    Traffic traffic = new Traffic(seed);
    Session session = only(traffic);
    assertThat(session.exchanges()).as("seed %d", seed).hasSize(EXCHANGES);
    assertThat(ours(session, true))
        .as("requests, seed %d", seed)
        .isEqualTo(netty(new EmbeddedChannel(new HttpRequestDecoder()), traffic.requests));
    assertThat(ours(session, false))
        .as("responses, seed %d", seed)
        .isEqualTo(netty(new EmbeddedChannel(new HttpResponseDecoder()), traffic.responses));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
  void parse_wellFormedTraffic_agreesWithHttpCore(long seed) throws IOException, HttpException {
    Traffic traffic = new Traffic(seed);
    Session session = only(traffic);
    assertThat(ours(session, true))
        .as("requests, seed %d", seed)
        .isEqualTo(core(traffic.requests, true));
    assertThat(ours(session, false))
        .as("responses, seed %d", seed)
        .isEqualTo(core(traffic.responses, false));
  }

  private static Session only(Traffic traffic) {
    List<Session> sessions = Analyses.analyzeEachEnd(traffic.events);
    assertThat(sessions).hasSize(1);
    return sessions.get(0);
  }

  private static List<Seen> ours(Session session, boolean requests) {
    List<Seen> seen = new ArrayList<>();
    for (Exchange exchange : session.exchanges()) {
      HttpMessage message = requests ? exchange.request() : exchange.response();
      String start =
          requests
              ? exchange.request().method() + " " + exchange.request().target()
              : exchange.response().status() + " " + exchange.response().reason();
      seen.add(
          new Seen(
              start,
              fields(message.headers()),
              message.body().content().toBytes().toLatin1(),
              fields(message.trailers())));
      assertThat(message.anomalies()).isEmpty();
    }
    return seen;
  }

  private static List<String> fields(HeaderFields fields) {
    return fields.toList().stream().map(LibraryOracleTest::line).toList();
  }

  private static String line(HeaderField field) {
    return field.name() + ": " + field.value();
  }

  private static List<Seen> netty(EmbeddedChannel channel, ByteArrayOutputStream bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes.toByteArray()));
    List<Seen> seen = new ArrayList<>();
    String start = "";
    List<String> headers = List.of();
    StringBuilder body = new StringBuilder();
    for (HttpObject part = channel.readInbound(); part != null; part = channel.readInbound()) {
      if (part instanceof HttpRequest request) {
        start = request.method() + " " + request.uri();
        headers = fields(request.headers());
      } else if (part instanceof HttpResponse response) {
        start = response.status().code() + " " + response.status().reasonPhrase();
        headers = fields(response.headers());
      }
      if (part instanceof HttpContent content) {
        ByteBuf buffer = content.content();
        body.append(new String(ByteBufUtil.getBytes(buffer), StandardCharsets.ISO_8859_1));
        content.release();
      }
      if (part instanceof LastHttpContent last) {
        seen.add(new Seen(start, headers, body.toString(), fields(last.trailingHeaders())));
        body.setLength(0);
      }
    }
    channel.finishAndReleaseAll();
    return seen;
  }

  private static List<String> fields(HttpHeaders headers) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, String> entry : headers) {
      lines.add(entry.getKey() + ": " + entry.getValue());
    }
    return lines;
  }

  private static List<Seen> core(ByteArrayOutputStream bytes, boolean requests)
      throws IOException, HttpException {
    InputStream in = new ByteArrayInputStream(bytes.toByteArray());
    SessionInputBufferImpl buffer = new SessionInputBufferImpl(8192);
    DefaultHttpRequestParser requestParser = new DefaultHttpRequestParser();
    DefaultHttpResponseParser responseParser = new DefaultHttpResponseParser();
    List<Seen> seen = new ArrayList<>();
    for (int i = 0; i < EXCHANGES; i++) {
      String start;
      Header[] headers;
      if (requests) {
        var request = requestParser.parse(buffer, in);
        start = request.getMethod() + " " + request.getRequestUri();
        headers = request.getHeaders();
      } else {
        var response = responseParser.parse(buffer, in);
        start = response.getCode() + " " + response.getReasonPhrase();
        headers = response.getHeaders();
      }
      byte[] body = new byte[0];
      List<String> trailers = List.of();
      for (Header header : headers) {
        if (header.getName().equals("Content-Length")) {
          long length = Long.parseLong(header.getValue());
          body = new ContentLengthInputStream(buffer, in, length).readAllBytes();
        } else if (header.getName().equals("Transfer-Encoding")) {
          ChunkedInputStream chunks = new ChunkedInputStream(buffer, in);
          body = chunks.readAllBytes();
          trailers = fields(chunks.getFooters());
        }
      }
      seen.add(
          new Seen(
              start, fields(headers), new String(body, StandardCharsets.ISO_8859_1), trailers));
    }
    return seen;
  }

  private static List<String> fields(Header[] headers) {
    return Arrays.stream(headers).map(h -> h.getName() + ": " + h.getValue()).toList();
  }
}

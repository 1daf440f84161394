// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.http.ContentDecoder;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.engine.Http2Fields;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.Upstream;
import dev.tapedeck.replayer.mock.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 stream of a client to the mock. Its request is answered when it is whole, but for
 * WebSockets and calls in which both sides may talk at once.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// Writes report their failures to the stream, which is closed then.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Mock extends ChannelInboundHandlerAdapter {
  private final MockServer server;
  private final Place place;
  private final List<Bytes> body = new ArrayList<>();
  private @Nullable Http2Headers head;
  private HeaderFields trailers = HeaderFields.NONE;
  private @Nullable TwoWayMock talk;
  private long bodyBytes;
  private boolean ended;

  private Http2Mock(MockServer server, Place place) {
    this.server = server;
    this.place = place;
  }

  /** Puts the codec and what answers its streams in the place of a handler. */
  static void install(
      ChannelPipeline pipeline, ChannelHandler instead, MockServer server, Place place) {
    ChannelHandler codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(Http2Settings.defaultSettings().connectProtocolEnabled(true))
            .validateHeaders(false)
            .build();
    // The codec first: the other looks for it. What was read moves on when its reader goes.
    pipeline.addAfter(pipeline.context(instead).name(), null, codec);
    pipeline.addAfter(
        pipeline.context(codec).name(),
        null,
        new Http2MultiplexHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2Mock(server, place));
              }
            }));
    pipeline.addLast(
        new ChannelInboundHandlerAdapter() {
          /** Of the connection as a whole; without this Netty would print it. */
          @Override
          public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Http1Mock.fail(server, context, cause);
          }
        });
    pipeline.remove(instead);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (ended) {
        return;
      }
      if (message instanceof Http2HeadersFrame headers) {
        if (head == null) {
          head = headers.headers();
        } else {
          trailers = Http2Fields.of(headers.headers());
        }
        TwoWayMock known = talk;
        if (headers.isEndStream() && known != null) {
          known.end();
        } else if (headers.isEndStream()) {
          take(context);
        } else if (known == null) {
          begin(context);
        }
      } else if (message instanceof Http2DataFrame data) {
        data(context, data);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /**
   * Begins what is no request that is answered when it is whole: a WebSocket, and a call in which
   * both sides may talk at once.
   */
  private void begin(ChannelHandlerContext context) {
    HttpRequest request = request();
    if (request == null) {
      return;
    }
    Upstream meant = meant(request);
    if (isWebSocket()) {
      upgrade(context, meant, request);
    } else if (server.desk().book().talksBothWays(meant, request.target())) {
      TwoWayMock begun = new TwoWayMock(server, context, meant, place.tls(), request);
      talk = begun;
      begun.begin();
    }
  }

  private @Nullable Upstream meant(HttpRequest request) {
    return server.behind(place.meant(request.authority(), false, place.tls()));
  }

  /** RFC 8441, section 4. */
  private boolean isWebSocket() {
    Http2Headers headers = head;
    CharSequence protocol = headers == null ? null : headers.get(":protocol");
    return protocol != null && AsciiString.contentEquals("websocket", protocol);
  }

  private void upgrade(
      ChannelHandlerContext context, @Nullable Upstream meant, HttpRequest request) {
    ended = true;
    Verdict verdict = server.desk().answer(meant, place.tls(), request);
    if (verdict instanceof Verdict.None none) {
      write(context, Http2Reply.of(none.miss(), request.method()));
    } else if (verdict instanceof Verdict.Hit hit && hit.conversation() != null) {
      boolean compresses = Http1Answer.offersCompression(request);
      DeflateParameters agreed =
          DeflateParameters.of(compresses ? hit.response().headers() : HeaderFields.NONE);
      WebSocketMock messages = new WebSocketMock(server, hit.conversation(), agreed);
      // What the client says before it hears that it may waits in the stream.
      context.channel().config().setAutoRead(false);
      later(
          context,
          server.desk().waitNanos(hit.call().firstByteAfterNanos()),
          () -> {
            Http2Headers accepted = Http2Reply.accepting(hit.response(), compresses);
            context.writeAndFlush(new DefaultHttp2HeadersFrame(accepted, false));
            context.pipeline().addLast(new DataFrames(), messages);
            context.pipeline().remove(this);
            messages.begin();
            context.channel().config().setAutoRead(true);
          });
    }
  }

  private void data(ChannelHandlerContext context, Http2DataFrame data) {
    ByteBuf content = data.content();
    byte[] bytes = new byte[content.readableBytes()];
    content.getBytes(content.readerIndex(), bytes);
    TwoWayMock known = talk;
    if (known != null) {
      say(context, known, Bytes.wrap(bytes, 0, bytes.length), data.isEndStream());
      return;
    }
    bodyBytes += bytes.length;
    boolean fits = server.desk().hold(bytes.length);
    if (!fits || bodyBytes > Http1Mock.MAX_BODY_BYTES) {
      refuse(context, Miss.Reason.TOO_LARGE);
      return;
    }
    if (bytes.length > 0) {
      body.add(Bytes.wrap(bytes, 0, bytes.length));
    }
    if (data.isEndStream()) {
      take(context);
    }
  }

  private void say(ChannelHandlerContext context, TwoWayMock known, Bytes bytes, boolean last) {
    known.data(bytes);
    boolean fits = server.desk().hold(known.heldBytes() - bodyBytes);
    bodyBytes = known.heldBytes();
    if (!fits) {
      known.gone();
      refuse(context, Miss.Reason.TOO_LARGE);
    } else if (last) {
      known.end();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    server.desk().hold(-bodyBytes);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    TwoWayMock known = talk;
    if (known != null) {
      known.gone();
    }
    context.fireChannelInactive();
  }

  private void take(ChannelHandlerContext context) {
    HttpRequest request = request();
    if (request == null) {
      refuse(context, Miss.Reason.MALFORMED_REQUEST);
      return;
    }
    ended = true;
    Upstream meant = meant(request);
    Verdict verdict = server.desk().answer(meant, place.tls(), request);
    if (verdict instanceof Verdict.None none) {
      write(context, Http2Reply.of(none.miss(), request.method()));
    } else if (verdict instanceof Verdict.Hit hit) {
      Http2Reply reply = Http2Reply.of(hit);
      long headNanos = server.desk().waitNanos(hit.call().firstByteAfterNanos());
      long restNanos = server.desk().waitNanos(hit.call().restAfterNanos()) - headNanos;
      later(
          context,
          headNanos,
          () -> {
            writeHead(context, reply);
            later(context, reply.endsWithHead() ? 0 : restNanos, () -> writeRest(context, reply));
          });
    }
  }

  private static void later(ChannelHandlerContext context, long nanos, Runnable action) {
    if (nanos <= 0) {
      action.run();
    } else {
      context.executor().schedule(action, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private static void write(ChannelHandlerContext context, Http2Reply reply) {
    writeHead(context, reply);
    writeRest(context, reply);
  }

  private static void writeHead(ChannelHandlerContext context, Http2Reply reply) {
    context.writeAndFlush(new DefaultHttp2HeadersFrame(reply.head(), reply.endsWithHead()));
  }

  private static void writeRest(ChannelHandlerContext context, Http2Reply reply) {
    List<Bytes> frames = reply.frames();
    for (int i = 0; i < frames.size(); i++) {
      Bytes frame = frames.get(i);
      boolean last = i == frames.size() - 1 && reply.trailers() == null && !reply.open();
      ByteBuf content =
          Unpooled.wrappedBuffer(frame.sharedArray(), frame.sharedOffset(), frame.length());
      context.write(new DefaultHttp2DataFrame(content, last));
    }
    if (reply.trailers() != null) {
      context.write(new DefaultHttp2HeadersFrame(reply.trailers(), true));
    }
    context.flush();
  }

  private void refuse(ChannelHandlerContext context, Miss.Reason reason) {
    ended = true;
    Upstream known = place.origin() != null ? place.origin() : place.tunnel();
    write(context, Http2Reply.of(server.desk().refuse(reason, known), ""));
  }

  /** Returns what came; null when it is no request (RFC 9113, section 8.3.1). */
  private @Nullable HttpRequest request() {
    Http2Headers headers = head;
    if (headers == null || headers.method() == null || headers.path() == null) {
      return null;
    }
    HeaderFields fields = Http2Fields.of(headers);
    HeaderField host = fields.first("host");
    String authority =
        headers.authority() != null
            ? headers.authority().toString()
            : host == null ? null : host.value();
    return new HttpRequest(
        headers.method().toString(),
        headers.path().toString(),
        "HTTP/2",
        authority,
        Bytes.empty(),
        fields,
        trailers,
        body(fields),
        new MessageSpan(0, bodyBytes, 0, 0),
        Completeness.COMPLETE,
        List.of());
  }

  private Body body(HeaderFields fields) {
    if (body.isEmpty()) {
      return Body.NONE;
    }
    ByteRope rope = new ByteRope(body);
    List<String> codings = fields.all("content-encoding").stream().map(HeaderField::value).toList();
    return Body.coded(
        Body.Framing.FRAMES,
        rope,
        rope,
        wire -> {
          var decoded =
              new ContentDecoder(AnalyzerOptions.defaults()).decode(wire, Long.MAX_VALUE, codings);
          return new Body.Content(decoded.content(), decoded.anomalies());
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Http1Mock.fail(server, context, cause);
  }
}

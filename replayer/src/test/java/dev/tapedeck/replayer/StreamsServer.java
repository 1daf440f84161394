// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 server that writes down every frame of a request and answers by a script. */
// What its client misses shows there.
@SuppressWarnings("FutureReturnValueIgnored")
public final class StreamsServer implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final List<Channel> open = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger connections = new AtomicInteger();
  private final Channel listener;

  /** What happens when a request has come whole. */
  public interface Script {
    void answer(Asked asked);
  }

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  /** Starts to listen, with TLS when there is a context. */
  public StreamsServer(@Nullable SslContext tls, Script script) throws InterruptedException {
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.incrementAndGet();
                    open.add(channel);
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel.pipeline().addLast(codec(script));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  private Http2ConnectionHandler codec(Script script) {
    Requests requests = new Requests(script);
    Http2ConnectionHandler handler =
        new Http2ConnectionHandlerBuilder()
            .connection(new DefaultHttp2Connection(true))
            .frameListener(requests)
            .validateHeaders(false)
            .initialSettings(
                new Http2Settings().maxConcurrentStreams(100).connectProtocolEnabled(true))
            .gracefulShutdownTimeoutMillis(0)
            .build();
    requests.handler = handler;
    return handler;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Returns the port that it listens on. */
  public int port() {
    return address().getPort();
  }

  int connections() {
    return connections.get();
  }

  /** Refuses connections from now on and ends those there are. */
  public void die() {
    listener.close();
    synchronized (open) {
      open.forEach(Channel::close);
    }
  }

  /** Refuses connections from now on. */
  void stopListening() {
    listener.close();
  }

  /** Returns the requests that came whole, as HTTP/1 would write them. */
  public List<String> requests() {
    synchronized (asked) {
      return List.copyOf(asked);
    }
  }

  /** Returns a line for each frame, in the order in which they came. */
  public List<String> log() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  /**
   * Waits until these lines are in the log: what the client does not wait for, as the reset of a
   * stream, may still be on its way when the client has ended.
   */
  void awaitLog(String... lines) {
    await()
        .atMost(LONGEST_WAIT)
        .untilAsserted(() -> assertThat(log()).as("frames that came").contains(lines));
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  private final class Requests extends Http2FrameAdapter {
    private final Script script;
    private final Map<Integer, String> paths = new HashMap<>();
    private final Map<Integer, StringBuilder> requests = new HashMap<>();
    private Http2ConnectionHandler handler;

    Requests(Script script) {
      this.script = script;
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean last) {
      onHeadersRead(context, stream, headers, padding, last);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int padding,
        boolean last) {
      StringBuilder line = new StringBuilder(stream + " HEADERS");
      headers.forEach(field -> line.append(" " + field.getKey() + "=" + field.getValue()));
      log.add(line.toString());
      if (headers.path() != null) {
        paths.put(stream, headers.path().toString());
        StringBuilder text =
            new StringBuilder(headers.method() + " " + headers.path() + " HTTP/1.1\r\n");
        headers.forEach(field -> text.append(field.getKey() + ": " + field.getValue() + "\r\n"));
        requests.put(stream, text.append("\r\n"));
      }
      // Behind a CONNECT both sides talk.
      boolean talk = "CONNECT".contentEquals(headers.method() == null ? "" : headers.method());
      if (last || talk) {
        ask(context, stream);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean last) {
      String text = data.toString(StandardCharsets.ISO_8859_1);
      log.add(stream + " DATA " + text + (last ? " ." : ""));
      StringBuilder request = requests.get(stream);
      if (request == null) {
        return data.readableBytes() + padding;
      }
      request.append(text);
      if (last) {
        ask(context, stream);
      }
      return data.readableBytes() + padding;
    }

    private void ask(ChannelHandlerContext context, int stream) {
      String request = requests.remove(stream).toString();
      asked.add(request);
      script.answer(new Asked(context, handler, stream, paths.get(stream), request));
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int stream, long code) {
      log.add(stream + " RST " + code);
    }
  }

  /**
   * A request that has come.
   *
   * @param request all of it, as HTTP/1 would write it
   */
  public record Asked(
      ChannelHandlerContext context,
      Http2ConnectionHandler handler,
      int stream,
      String path,
      String request) {
    /** Answers what HTTP/1 would write so. */
    public void answerAs(String text) {
      Http2Headers head = new DefaultHttp2Headers(false);
      head.status(text.split(" ", 3)[1]);
      int end = text.indexOf("\r\n\r\n");
      for (String line : text.substring(0, end).split("\r\n", -1)) {
        int colon = line.indexOf(": ");
        if (colon > 0) {
          head.add(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
        }
      }
      String body = text.substring(end + 4);
      handler
          .encoder()
          .writeHeaders(context, stream, head, 0, body.isEmpty(), context.newPromise());
      if (!body.isEmpty()) {
        say(body, true);
      }
      handler.flush(context);
    }

    /**
     * Answers 200.
     *
     * @param fields names and values in turn, as are the trailers
     */
    public void answer(List<String> fields, String body, List<String> trailers) {
      handler
          .encoder()
          .writeHeaders(
              context, stream, lines(fields).status("200"), 0, false, context.newPromise());
      say(body, trailers.isEmpty());
      if (!trailers.isEmpty()) {
        handler
            .encoder()
            .writeHeaders(context, stream, lines(trailers), 0, true, context.newPromise());
      }
      handler.flush(context);
    }

    private static Http2Headers lines(List<String> fields) {
      Http2Headers lines = new DefaultHttp2Headers(false);
      for (int i = 0; i < fields.size(); i += 2) {
        lines.add(fields.get(i), fields.get(i + 1));
      }
      return lines;
    }

    /** Begins an answer of that type. */
    void begin(String type) {
      Http2Headers head = new DefaultHttp2Headers(false);
      head.status("200").add("content-type", type);
      handler.encoder().writeHeaders(context, stream, head, 0, false, context.newPromise());
      handler.flush(context);
    }

    /** Begins an answer with a field. */
    void answerHead(String name, String value) {
      Http2Headers head = new DefaultHttp2Headers(false);
      head.status("200").add(name, value);
      handler.encoder().writeHeaders(context, stream, head, 0, false, context.newPromise());
      handler.flush(context);
    }

    /** Sends a part of the body. */
    void say(String part, boolean last) {
      ByteBuf bytes = Unpooled.copiedBuffer(part, StandardCharsets.ISO_8859_1);
      handler.encoder().writeData(context, stream, bytes, 0, last, context.newPromise());
      handler.flush(context);
    }

    /** Answers 200 with a body, and with trailers when there are any. */
    public void answer(String body, String... trailers) {
      Http2Headers head = new DefaultHttp2Headers(false);
      head.status("200").add("content-type", "text/plain");
      handler.encoder().writeHeaders(context, stream, head, 0, false, context.newPromise());
      ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.ISO_8859_1);
      handler
          .encoder()
          .writeData(context, stream, bytes, 0, trailers.length == 0, context.newPromise());
      if (trailers.length > 0) {
        Http2Headers end = new DefaultHttp2Headers(false);
        for (int i = 0; i < trailers.length; i += 2) {
          end.add(trailers[i], trailers[i + 1]);
        }
        handler.encoder().writeHeaders(context, stream, end, 0, true, context.newPromise());
      }
      handler.flush(context);
    }

    void reset() {
      handler.encoder().writeRstStream(context, stream, 2, context.newPromise());
      handler.flush(context);
    }

    /** Says that no stream after this one is looked at. */
    void goAway() {
      handler
          .encoder()
          .writeGoAway(context, stream, 0, Unpooled.EMPTY_BUFFER, context.newPromise());
      handler.flush(context);
    }

    void hangUp() {
      context.channel().close();
    }
  }
}

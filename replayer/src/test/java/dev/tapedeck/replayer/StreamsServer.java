// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 server that writes down every frame of a request and answers by a script. */
// What its client misses shows there.
@SuppressWarnings("FutureReturnValueIgnored")
final class StreamsServer implements AutoCloseable {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger connections = new AtomicInteger();
  private final Channel listener;

  /** What happens when a request has come whole. */
  interface Script {
    void answer(Asked asked);
  }

  /** Starts to listen, with TLS when there is a context. */
  StreamsServer(@Nullable SslContext tls, Script script) throws InterruptedException {
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.incrementAndGet();
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
            .initialSettings(new Http2Settings().maxConcurrentStreams(100))
            .gracefulShutdownTimeoutMillis(0)
            .build();
    requests.handler = handler;
    return handler;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  int port() {
    return address().getPort();
  }

  int connections() {
    return connections.get();
  }

  /** Returns a line for each frame, in the order in which they came. */
  List<String> log() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  private final class Requests extends Http2FrameAdapter {
    private final Script script;
    private final Map<Integer, String> paths = new HashMap<>();
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
      }
      if (last) {
        script.answer(new Asked(context, handler, stream, paths.get(stream)));
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean last) {
      log.add(stream + " DATA " + data.toString(StandardCharsets.ISO_8859_1) + (last ? " ." : ""));
      if (last) {
        script.answer(new Asked(context, handler, stream, paths.get(stream)));
      }
      return data.readableBytes() + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int stream, long code) {
      log.add(stream + " RST " + code);
    }
  }

  /** A request that has come. */
  record Asked(
      ChannelHandlerContext context, Http2ConnectionHandler handler, int stream, String path) {
    /** Answers 200 with a body, and with trailers when there are any. */
    void answer(String body, String... trailers) {
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

    void answerAfter(long millis, String body) {
      context.executor().schedule(() -> answer(body), millis, TimeUnit.MILLISECONDS);
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

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.http.RequestReader;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.mock.Conversation;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.Upstream;
import dev.tapedeck.replayer.mock.Verdict;
import dev.tapedeck.replayer.target.Addresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/1 connection of a client to the mock. Answers leave in the order of the requests, also
 * of pipelined ones; behind a CONNECT the tunnel begins.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// Writes report their failures to the channel, which closes then.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Mock extends ChannelInboundHandlerAdapter {
  static final long MAX_BODY_BYTES = 64L << 20;

  /** Of a client that asks faster than it reads no more is read meanwhile. */
  private static final int MOST_PENDING = 64;

  private static final Bytes CONTINUE = Bytes.latin1("HTTP/1.1 100 Continue\r\n\r\n");
  private static final Bytes ESTABLISHED =
      Bytes.latin1("HTTP/1.1 200 Connection established\r\n\r\n");

  private final MockServer server;
  private final Desk desk;
  private final Place place;
  private final RequestReader reader = new RequestReader(AnalyzerOptions.defaults());
  private final Deque<Pending> pending = new ArrayDeque<>();
  private long heldBytes;
  private boolean ended;
  private boolean writing;

  /** An answer that waits for its time. */
  private record Pending(Http1Answer answer, long headNanos, long bodyNanos) {}

  Http1Mock(MockServer server, Place place) {
    this.server = server;
    this.desk = server.desk();
    this.place = place;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    ByteBuf buffer = (ByteBuf) message;
    byte[] bytes;
    try {
      bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
    } finally {
      buffer.release();
    }
    if (ended || bytes.length == 0) {
      return;
    }
    reader.feed(Bytes.wrap(bytes, 0, bytes.length), server.nanos());
    HttpRequest request = reader.poll();
    while (request != null && !ended) {
      take(context, request);
      request = reader.poll();
    }
    if (ended) {
      return;
    }
    boolean fits = hold(reader.openBodyBytes());
    if (reader.isLost()) {
      refuse(context, Miss.Reason.MALFORMED_REQUEST);
    } else if (!fits || reader.openBodyBytes() > MAX_BODY_BYTES) {
      refuse(context, Miss.Reason.TOO_LARGE);
    } else if (reader.takeContinueAwaited() && pending.isEmpty()) {
      context.writeAndFlush(buffer(List.of(CONTINUE)));
    }
    context.channel().config().setAutoRead(pending.size() < MOST_PENDING);
  }

  private boolean hold(long bytes) {
    boolean fits = desk.hold(bytes - heldBytes);
    heldBytes = bytes;
    return fits;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    hold(0);
  }

  private void take(ChannelHandlerContext context, HttpRequest request) throws Exception {
    if (request.method().equals("CONNECT")) {
      tunnel(context, request);
      return;
    }
    if (request.completeness() != Completeness.COMPLETE || request.method().isEmpty()) {
      refuse(context, Miss.Reason.MALFORMED_REQUEST);
      return;
    }
    String target = request.target();
    boolean absolute = !target.startsWith("/") && target.contains("://");
    Upstream meant =
        server.behind(
            place.meant(request.authority(), absolute, absolute && target.startsWith("https://")));
    Verdict verdict = desk.answer(meant, place.tls(), request);
    if (verdict instanceof Verdict.Hit hit && hit.conversation() != null) {
      upgrade(context, hit, request);
    } else if (verdict instanceof Verdict.Hit hit) {
      long now = server.nanos();
      add(
          context,
          new Pending(
              Http1Answer.of(hit, request),
              now + desk.waitNanos(hit.call().firstByteAfterNanos()),
              now + desk.waitNanos(hit.call().restAfterNanos())));
    } else if (verdict instanceof Verdict.None none) {
      add(context, new Pending(Http1Answer.of(none.miss(), request), 0, 0));
    }
  }

  /** From here on both sides talk (RFC 6455, section 4.2.2). */
  private void upgrade(ChannelHandlerContext context, Verdict.Hit hit, HttpRequest request) {
    Conversation conversation = hit.conversation();
    if (conversation == null || !pending.isEmpty()) {
      refuse(context, Miss.Reason.MALFORMED_REQUEST);
      return;
    }
    ended = true;
    DeflateParameters agreed =
        DeflateParameters.of(
            Http1Answer.offersCompression(request) ? hit.response().headers() : HeaderFields.NONE);
    at(
        context,
        server.nanos() + desk.waitNanos(hit.call().firstByteAfterNanos()),
        () -> {
          context.writeAndFlush(buffer(Http1Answer.of(hit, request).head()));
          WebSocketMock talk = new WebSocketMock(server, conversation, agreed);
          context.pipeline().replace(this, null, talk);
          talk.begin();
        });
  }

  private void refuse(ChannelHandlerContext context, Miss.Reason reason) {
    Upstream known = place.origin() != null ? place.origin() : place.tunnel();
    Http1Answer answer = Http1Answer.of(desk.refuse(reason, known), "", true);
    add(context, new Pending(answer, 0, 0));
  }

  private void add(ChannelHandlerContext context, Pending answer) {
    ended |= answer.answer().close();
    pending.add(answer);
    if (!writing) {
      writing = true;
      writeHead(context);
    }
  }

  private void writeHead(ChannelHandlerContext context) {
    Pending next = pending.peek();
    if (next == null) {
      writing = false;
      return;
    }
    at(
        context,
        next.headNanos(),
        () -> {
          context.write(buffer(next.answer().head()));
          at(context, next.bodyNanos(), () -> writeBody(context, next));
        });
  }

  private void writeBody(ChannelHandlerContext context, Pending answer) {
    var written = context.writeAndFlush(buffer(answer.answer().body()));
    if (answer.answer().open()) {
      return; // the recorded client was the one to end it
    }
    pending.remove(answer);
    if (answer.answer().close()) {
      written.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    if (pending.size() < MOST_PENDING) {
      context.channel().config().setAutoRead(true);
    }
    writeHead(context);
  }

  /** Runs at once what is due. */
  private void at(ChannelHandlerContext context, long nanos, Runnable action) {
    long left = nanos - server.nanos();
    if (nanos == 0 || left <= 0) {
      action.run();
    } else {
      context.flush();
      context.executor().schedule(action, left, TimeUnit.NANOSECONDS);
    }
  }

  static ByteBuf buffer(List<Bytes> runs) {
    ByteBuf[] wrapped = new ByteBuf[runs.size()];
    for (int i = 0; i < wrapped.length; i++) {
      Bytes run = runs.get(i);
      wrapped[i] = Unpooled.wrappedBuffer(run.sharedArray(), run.sharedOffset(), run.length());
    }
    return Unpooled.wrappedBuffer(Math.max(1, wrapped.length), wrapped);
  }

  private void tunnel(ChannelHandlerContext context, HttpRequest request) throws Exception {
    Upstream named = Upstream.parse(request.target(), Upstream.defaultPort(true));
    if (named == null || place.origin() != null || !pending.isEmpty()) {
      refuse(context, Miss.Reason.MALFORMED_REQUEST);
      return;
    }
    Upstream meant = server.behind(named);
    boolean known = meant != null && desk.book().find(meant) != null;
    // Who resolves names itself names an address, and says inside whom it means.
    if (!known && !Addresses.isLiteral(named.host())) {
      Miss miss = desk.refuseTunnel(named);
      add(context, new Pending(Http1Answer.ofTunnel(miss), 0, 0));
      return;
    }
    ended = true;
    List<Bytes> first = reader.takeTunnelled();
    context.writeAndFlush(buffer(List.of(ESTABLISHED)));
    FirstBytes inside = new FirstBytes(server, place.inTunnel(named));
    context.pipeline().replace(this, null, inside);
    ChannelHandlerContext own = context.pipeline().context(inside);
    for (Bytes run : first) {
      if (!run.isEmpty()) {
        inside.channelRead(own, buffer(List.of(run)));
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(server, context, cause);
  }

  /** A client that goes away is none of our business; a defect of ours is. */
  static void fail(MockServer server, ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof RuntimeException defect && !(defect instanceof CodecException)) {
      server.desk().crash(defect);
    }
    context.close();
  }
}

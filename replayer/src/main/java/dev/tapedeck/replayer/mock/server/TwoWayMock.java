// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.ContentDecoder;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.TwoWayCall;
import dev.tapedeck.replayer.mock.Upstream;
import dev.tapedeck.replayer.mock.Verdict;
import dev.tapedeck.replayer.websocket.ServerScript;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream on which a gRPC call is held in which both sides may talk at once: says what the
 * recorded server said, each message when as many messages of the client have come as had then.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// Writes report their failures to the stream, which is closed then.
@SuppressWarnings("FutureReturnValueIgnored")
final class TwoWayMock {
  /** A byte of flags, and four of length (gRPC's "Length-Prefixed-Message"). */
  private static final int PREFIX_BYTES = 5;

  private static final int COMPRESSED = 1;

  /** UNIMPLEMENTED, which is what clients make of status 501, too. */
  private static final String STATUS_OF_MISSES = "12";

  private final MockServer server;
  private final ChannelHandlerContext context;
  private final @Nullable Upstream meant;
  private final boolean tls;
  private final HttpRequest head;
  private final List<StreamMessage> early = new ArrayList<>();
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private long needed = PREFIX_BYTES;
  private @Nullable TwoWayCall call;
  private @Nullable Http2Reply reply;
  private boolean headSaid;
  private boolean waiting;
  private boolean over;
  private int next;

  /**
   * Makes one.
   *
   * @param head of the request, without a body
   */
  TwoWayMock(
      MockServer server,
      ChannelHandlerContext context,
      @Nullable Upstream meant,
      boolean tls,
      HttpRequest head) {
    this.server = server;
    this.context = context;
    this.meant = meant;
    this.tls = tls;
    this.head = head;
  }

  /** Says what the recorded server said before it heard anything. */
  void begin() {
    choose(false);
    advance();
  }

  /** Takes bytes of the request's body. */
  void data(Bytes bytes) {
    if (over) {
      return;
    }
    rest.writeBytes(bytes.toArray());
    if (rest.size() < needed) {
      return;
    }
    Bytes come = Bytes.copyOf(rest.toByteArray());
    rest.reset();
    needed = PREFIX_BYTES;
    int at = 0;
    while (!over && come.length() - at >= PREFIX_BYTES) {
      long length =
          (come.get(at + 1) & 0xffL) << 24
              | (come.get(at + 2) & 0xffL) << 16
              | (come.get(at + 3) & 0xffL) << 8
              | (come.get(at + 4) & 0xffL);
      if (length > Http1Mock.MAX_BODY_BYTES) {
        miss(Miss.of(Miss.Reason.TOO_LARGE, head.method(), head.target()));
        return;
      }
      needed = PREFIX_BYTES + length;
      if (come.length() - at < needed) {
        break;
      }
      int to = (int) (at + needed);
      hear(message(come.get(at), come.slice(at + PREFIX_BYTES, to)));
      at = to;
      needed = PREFIX_BYTES;
    }
    rest.writeBytes(come.slice(at, come.length()).toArray());
    advance();
  }

  /** Returns how many bytes wait for the rest of their message. */
  int heldBytes() {
    return rest.size();
  }

  private StreamMessage message(int flags, Bytes wire) {
    ByteRope payload = wire.isEmpty() ? ByteRope.EMPTY : new ByteRope(List.of(wire));
    boolean compressed = (flags & COMPRESSED) != 0;
    HeaderField coding = head.headers().first("grpc-encoding");
    ByteRope content =
        compressed && coding != null
            ? new ContentDecoder(AnalyzerOptions.defaults())
                .decode(payload, Long.MAX_VALUE, List.of(coding.value()))
                .content()
            : payload;
    return StreamMessage.newBuilder(
            Role.CLIENT, StreamMessage.Kind.GRPC, new MessageSpan(0, wire.length(), 0, 0))
        .payload(content, wire.length(), compressed)
        .build();
  }

  private void hear(StreamMessage message) {
    TwoWayCall known = call;
    if (known == null) {
      early.add(message);
      choose(true);
      return;
    }
    Miss miss = known.hear(message);
    if (miss != null) {
      miss(miss);
    }
  }

  /** Takes the end of the request. */
  void end() {
    if (over) {
      return;
    }
    choose(true);
    TwoWayCall known = call;
    Miss miss = known == null ? null : known.end();
    if (miss != null) {
      miss(miss);
    }
    advance();
  }

  /** Finds out which of the recorded calls this is. */
  private void choose(boolean certainly) {
    if (call != null || over) {
      return;
    }
    Verdict verdict = server.desk().talk(meant, tls, head, early, certainly);
    if (verdict instanceof Verdict.None none) {
      over = true;
      Http2Reply refusal = Http2Reply.of(none.miss(), head.method());
      context.write(new DefaultHttp2HeadersFrame(refusal.head(), refusal.endsWithHead()));
      writeFrames(refusal.frames());
      context.flush();
    } else if (verdict instanceof Verdict.Talk talk) {
      call = talk.call();
      reply = Http2Reply.of(talk.hit());
      for (StreamMessage message : early) {
        hear(message);
      }
      early.clear();
    }
  }

  private void writeFrames(List<Bytes> frames) {
    for (int i = 0; i < frames.size(); i++) {
      write(frames.get(i), i == frames.size() - 1);
    }
  }

  /** Says what is due. */
  private void advance() {
    TwoWayCall known = call;
    Http2Reply answer = reply;
    if (known == null || answer == null) {
      return;
    }
    while (!over && !waiting) {
      List<ServerScript.Turn> turns = known.turns();
      if (!headSaid) {
        if (!known.headIsDue()) {
          return;
        }
        headSaid = true;
        over = answer.endsWithHead();
        context.writeAndFlush(new DefaultHttp2HeadersFrame(answer.head(), over));
      } else if (next < turns.size()) {
        ServerScript.Turn turn = turns.get(next);
        if (!known.isDue(turn)) {
          return;
        }
        later(
            turn.afterNanos(),
            () -> {
              next++;
              write(known.bytes(turn.message()), false);
            });
      } else if (!known.endIsDue() || answer.open()) {
        return;
      } else {
        over = true;
        end(answer.trailers());
      }
    }
  }

  private void later(long recordedNanos, Runnable action) {
    long wait = server.desk().waitNanos(recordedNanos);
    if (wait <= 0) {
      action.run();
      return;
    }
    waiting = true;
    context
        .executor()
        .schedule(
            () -> {
              waiting = false;
              if (!over) {
                action.run();
                advance();
              }
            },
            wait,
            TimeUnit.NANOSECONDS);
  }

  private void miss(Miss miss) {
    server.desk().refuse(miss);
    over = true;
    if (headSaid) {
      end(
          new DefaultHttp2Headers(false)
              .add("grpc-status", STATUS_OF_MISSES)
              .add("grpc-message", "tapedeck-mock: " + miss.reason().jsonName()));
    } else {
      Http2Reply refusal = Http2Reply.of(miss, head.method());
      context.write(new DefaultHttp2HeadersFrame(refusal.head(), false));
      writeFrames(refusal.frames());
    }
    context.flush();
  }

  private void end(@Nullable Http2Headers trailers) {
    context.writeAndFlush(
        trailers == null
            ? new DefaultHttp2DataFrame(true)
            : new DefaultHttp2HeadersFrame(trailers, true));
  }

  private void write(Bytes frame, boolean last) {
    context.writeAndFlush(
        new DefaultHttp2DataFrame(
            Unpooled.wrappedBuffer(frame.sharedArray(), frame.sharedOffset(), frame.length()),
            last));
  }

  /** The stream is gone. */
  void gone() {
    over = true;
  }
}

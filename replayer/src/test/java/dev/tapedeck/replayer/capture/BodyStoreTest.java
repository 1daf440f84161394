// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.TestMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BodyStoreTest {
  @Test
  void whole_bodiesOfManyLengths_areWhatWasKept() throws Exception {
    Random random = new Random(7);
    List<Exchange> recorded = new ArrayList<>();
    List<Exchange> kept = new ArrayList<>();
    try (BodyStore store = new BodyStore(5_000)) {
      for (int i = 0; i < 60; i++) {
        Exchange exchange = exchange(i, text(random, random.nextInt(150_000) >> (i % 10)));
        recorded.add(exchange);
        kept.add(store.keep(exchange));
      }
      assertThat(store.setAsideBytes()).isGreaterThan(1_000_000);
      assertThat(kept).anyMatch(store::isSetAside).anyMatch(one -> !store.isSetAside(one));
      for (int i = recorded.size() - 1; i >= 0; i--) {
        assertThat(store.whole(kept.get(i))).isEqualTo(recorded.get(i));
        assertThat(store.framedBytes(Objects.requireNonNull(kept.get(i).request())))
            .isEqualTo(recorded.get(i).request().body().framed().length());
      }
    }
  }

  @Test
  void keep_setAsideBody_leavesNothingInMemory() throws Exception {
    try (BodyStore store = new BodyStore(0)) {
      Exchange kept = store.keep(exchange(1, "x".repeat(10_000)));
      assertThat(kept.request().body().framed()).isEqualTo(ByteRope.EMPTY);
      assertThat(kept.response().body().wire()).isEqualTo(ByteRope.EMPTY);
      assertThat(kept.request().head()).isEqualTo(exchange(1, "").request().head());
    }
  }

  @Test
  void whole_framedOtherThanWire_keepsBothAndTheDecoding() throws Exception {
    Bytes framed = Bytes.latin1("1f4\r\n" + "a".repeat(500) + "\r\n0\r\n\r\n");
    ByteRope wire = new ByteRope(List.of(framed.slice(5, 200), framed.slice(200, 505)));
    Body chunked =
        Body.coded(
            Body.Framing.CHUNKED,
            new ByteRope(List.of(framed)),
            wire,
            coded -> new Body.Content(new ByteRope(List.of(Bytes.latin1("!"))), List.of()));
    HttpResponse plain = TestMessages.response("HTTP/1.1 200 OK\r\n\r\n");
    HttpResponse response =
        new HttpResponse(
            plain.status(),
            plain.reason(),
            plain.version(),
            plain.head(),
            plain.headers(),
            plain.trailers(),
            chunked,
            plain.span(),
            plain.completeness(),
            plain.anomalies());
    try (BodyStore store = new BodyStore(0)) {
      Exchange kept = store.keep(exchange(1, "").toBuilder().response(response).build());
      Body whole = store.whole(kept).response().body();
      assertThat(whole.framing()).isEqualTo(Body.Framing.CHUNKED);
      assertThat(whole.framed().toBytes()).isEqualTo(framed);
      assertThat(whole.wire().toBytes()).isEqualTo(wire.toBytes());
      assertThat(whole.content().toBytes()).isEqualTo(Bytes.latin1("!"));
    }
  }

  @Test
  void spool_whatItWrites_isNotWhatItWasGiven() throws Exception {
    try (Spool spool = Spool.create()) {
      ByteRope secret = new ByteRope(List.of(Bytes.latin1("s3cret".repeat(100))));
      long first = spool.append(secret);
      long second = spool.append(secret);
      assertThat(spool.read(first, 600)).isEqualTo(secret.toBytes());
      assertThat(spool.read(second, 600)).isEqualTo(secret.toBytes());
      assertThat(spool.raw(first, 600)).isNotEqualTo(secret.toBytes());
      assertThat(spool.raw(first, 600)).isNotEqualTo(spool.raw(second, 600));
    }
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  private static Exchange exchange(int index, String body) {
    return TestMessages.exchange(
        1,
        index,
        TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER),
        index,
        index + 1,
        TestMessages.request("POST /" + index + " HTTP/1.1\r\nHost: a\r\n\r\n" + body),
        TestMessages.response("HTTP/1.1 200 OK\r\n\r\n" + body + body));
  }
}

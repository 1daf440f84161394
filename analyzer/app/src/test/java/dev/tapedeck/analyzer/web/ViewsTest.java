// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.IndexUse;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsTest {
  private static final int EXCHANGES = 300;

  /** Needs the exchanges themselves. */
  private static final String OF_BODIES = "response.body contains '7'";

  @TempDir Path folder;

  private final AtomicInteger readings = new AtomicInteger();

  /** Readings of the capture wait for it. */
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private CaptureListing listing;
  private Catalog catalog;
  private Views views;

  @BeforeEach
  void build() throws IOException {
    StringBuilder script = new StringBuilder("c1: @ plain server 192.0.2.1:4000 -> 192.0.2.2:80\n");
    for (int i = 0; i < EXCHANGES; i++) {
      String body = Integer.toString(i);
      script.append("c1 >> GET /").append(i).append(" HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n");
      script.append("c1 << HTTP/1.1 ").append(i % 3 == 0 ? 404 : 200).append(" X\\r\\n");
      script.append("content-length: ").append(body.length()).append("\\r\\n\\r\\n");
      script.append(body).append('\n');
    }
    Path file = folder.resolve("views.tape");
    EventScript.parse(script.toString()).writeTo(file);
    listing = CaptureListing.open(file, CaptureRef.ONLY, () -> reader(file), 1, IndexUse.NONE);
    listing.build();
    readings.set(0);
    catalog = new Catalog(List.of(listing));
    views = new Views(catalog);
  }

  @AfterEach
  void close() throws IOException {
    gate.countDown();
    views.close();
    catalog.close();
  }

  private CaptureReader reader(Path file) throws IOException {
    readings.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CaptureReader.open(file, ReaderOptions.defaults());
  }

  private ListView open(String filter, String sort, String page)
      throws FilterSyntaxException, BadRequestException {
    return views.open(filter, sort, page);
  }

  private ListView done(String filter, String sort)
      throws FilterSyntaxException, BadRequestException {
    ListView view = open(filter, sort, "test");
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(view::isDone);
    return view;
  }

  private static int[] all(ListView view) {
    return view.range(0, view.total());
  }

  @Test
  void open_fieldsOfTheIndex_readsNoCapture() throws Exception {
    ListView view = done("status == 404 and path ~ '^/1'", "");
    assertThat(view.total()).isEqualTo(36);
    assertThat(view.scanned()).isEqualTo(EXCHANGES);
    assertThat(all(done("status == 404", "-response_bytes"))).startsWith(102, 105, 108);
    assertThat(readings).hasValue(0);
  }

  @Test
  void open_bodies_readsTheCaptureOnceForEachFilter() throws Exception {
    ListView view = done(OF_BODIES, "");
    assertThat(view.total()).isEqualTo(57);
    assertThat(readings).hasValue(1);
    assertThat(done("  " + OF_BODIES + " ", "")).isSameAs(view);
    assertThat(all(done(OF_BODIES, "-started"))).startsWith(297, 287);
    assertThat(all(done(OF_BODIES, "started"))).startsWith(7, 17);
    assertThat(readings).as("an order is made of the rows that were found").hasValue(1);
  }

  @Test
  void open_fewThatHaveToBeLookedAt_readsThoseAlone() throws Exception {
    ListView view = done("path in ('/7', '/8', '/17') and " + OF_BODIES + " or path == '/9'", "");
    assertThat(all(view)).containsExactly(7, 9, 17);
    assertThat(readings).as("once for each of three").hasValue(3);
  }

  @Test
  void open_anotherFilter_stopsTheOneBefore() throws Exception {
    gate = new CountDownLatch(1);
    ListView first = open(OF_BODIES, "", "one");
    assertThat(first.isDone()).isFalse();
    ListView second = done("status == 404", "");
    assertThat(second.total()).isEqualTo(100);
    assertThat(views.get(first.id())).as("the page 'one' still waits").isSameAs(first);
    open("status == 200", "", "one");
    assertThat(views.get(first.id())).as("nobody waits").isNull();
    gate.countDown();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(first::isDone);
    assertThat(first.total()).as("it ended early").isZero();
    assertThat(done(OF_BODIES, "").total()).isEqualTo(57);
  }

  @Test
  void open_twoPagesWithSlowFilters_bothGetThem() throws Exception {
    gate = new CountDownLatch(1);
    ListView one = open(OF_BODIES, "", "one");
    ListView two = open("response.body contains '8'", "-started", "two");
    for (int i = 0; i < 3; i++) {
      assertThat(open(OF_BODIES, "", "one")).isSameAs(one);
      assertThat(open("response.body contains '8'", "-started", "two")).isSameAs(two);
    }
    gate.countDown();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> one.isDone() && two.isDone());
    assertThat(one.total()).isEqualTo(57);
    assertThat(two.total()).isEqualTo(57);
  }

  @Test
  void open_manyFilters_forgetsTheOldest() throws Exception {
    ListView oldest = done("index == 0", "");
    for (int i = 1; i < 60; i++) {
      done("index == " + i, "");
    }
    assertThat(views.get(oldest.id())).isNull();
    ListView again = done("index == 0", "");
    assertThat(again).isNotSameAs(oldest);
    assertThat(again.total()).isEqualTo(1);
  }

  @Test
  void open_wrongOrder_isRefused() {
    assertThatThrownBy(() -> open("", "secret", "test"))
        .isInstanceOf(BadRequestException.class)
        .hasMessage("no such order");
  }
}

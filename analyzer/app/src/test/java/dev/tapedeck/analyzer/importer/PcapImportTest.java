// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PcapImportTest {
  private static Imports imported(Talk talk) throws IOException {
    Imports imported = Imports.of(talk.pcap());
    assertThat(imported.collected().late()).isZero();
    return imported;
  }

  private static Exchange only(Imports imported) throws IOException {
    List<Exchange> exchanges = imported.exchanges();
    assertThat(exchanges).hasSize(1);
    return exchanges.get(0);
  }

  private static String content(Exchange exchange) {
    return response(exchange).body().content().toBytes().toLatin1();
  }

  private static HttpResponse response(Exchange exchange) {
    return Objects.requireNonNull(exchange.response());
  }

  private static <T extends CaptureEvent> List<T> events(Imports imported, Class<T> type) {
    return imported.events().stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void run_wholeConnection_isToldFromTheServersSide() throws IOException {
    Imports imported = imported(Talk.exchange());
    Exchange exchange = only(imported);
    assertThat(exchange.completeness()).isEqualTo(Completeness.COMPLETE);
    assertThat(content(exchange)).isEqualTo("hello");
    assertThat(exchange.connection().role()).isEqualTo(Role.SERVER);
    assertThat(exchange.connection().client()).hasToString("10.0.0.1:40000");
    assertThat(exchange.connection().server()).hasToString("10.0.0.2:80");
    assertThat(exchange.startedEpochNanos()).isEqualTo(Talk.START_NANOS + 3 * Talk.STEP_NANOS);
    assertThat(exchange.firstByteEpochNanos()).isEqualTo(Talk.START_NANOS + 4 * Talk.STEP_NANOS);
    assertThat(exchange.connection().openedEpochNanos())
        .isEqualTo(Talk.START_NANOS + Talk.STEP_NANOS);
    assertThat(events(imported, SocketEvent.Close.class))
        .singleElement()
        .satisfies(
            close -> {
              assertThat(close.end().last()).isTrue();
              assertThat(close.end().ingressPosition()).isEqualTo(Talk.REQUEST.length());
              assertThat(close.end().egressPosition()).isEqualTo(Talk.RESPONSE.length());
              assertThat(close.end().egressLostBytes()).isZero();
            });
    assertThat(imported.stats().badChecksums()).isZero();
    assertThat(imported.stats().connections().kept()).isEqualTo(1);
  }

  @Test
  void run_sequenceNumbersThatWrap_giveTheSame() throws IOException {
    Talk talk =
        new Talk()
            .firstNumbers(-10, Integer.MAX_VALUE - 10)
            .handshake()
            .client(Talk.REQUEST)
            .server(Talk.RESPONSE)
            .close();
    assertThat(content(only(imported(talk)))).isEqualTo("hello");
  }

  @Test
  void run_connectionWithoutSyn_isAnExistingOne() throws IOException {
    Talk talk =
        new Talk()
            .client(Talk.REQUEST)
            .server(Talk.RESPONSE.substring(0, 20))
            .server(Talk.RESPONSE.substring(20));
    Imports imported = imported(talk);
    assertThat(content(only(imported))).isEqualTo("hello");
    assertThat(events(imported, SocketEvent.Existing.class))
        .singleElement()
        .satisfies(existing -> assertThat(existing.role()).isEqualTo(Role.SERVER));
    assertThat(events(imported, SocketEvent.Close.class))
        .singleElement()
        .satisfies(close -> assertThat(close.end().last()).isFalse());
  }

  @Test
  void run_connectionWithoutSynThatBeginsOutOfOrder_isPutInOrder() throws IOException {
    Talk talk = new Talk().client(Talk.REQUEST);
    int half = 20;
    talk.segment(false, half, PacketBytes.ACK, Talk.RESPONSE.substring(half));
    talk.segment(false, 0, PacketBytes.ACK, Talk.RESPONSE.substring(0, half));
    assertThat(content(only(imported(talk)))).isEqualTo("hello");
  }

  @Test
  void run_oneDirectionOnly_knowsHowMuchOfTheOtherIsMissing() throws IOException {
    List<PacketBytes.Frame> requests = new ArrayList<>();
    List<PacketBytes.Frame> all = Talk.exchange().frames();
    for (int i : new int[] {0, 2, 3, 5, 6, 8}) {
      requests.add(all.get(i));
    }
    Imports imported = Imports.of(PacketBytes.pcap(PacketBytes.ETHERNET, requests));
    Exchange exchange = only(imported);
    assertThat(Objects.requireNonNull(exchange.request()).target()).isEqualTo("/a");
    assertThat(exchange.response()).isNull();
    assertThat(events(imported, LossEvent.class))
        .singleElement()
        .satisfies(loss -> assertThat(loss.lostBytes()).isEqualTo(Talk.RESPONSE.length()));
  }

  @Test
  void run_lostSegment_isAGapOfKnownLength() throws IOException {
    Talk talk =
        new Talk()
            .handshake()
            .client(Talk.REQUEST)
            .server(Talk.RESPONSE.substring(0, 40))
            .lost(false, 2)
            .server(Talk.RESPONSE.substring(42))
            .close();
    Exchange exchange = only(imported(talk));
    assertThat(exchange.completeness()).isEqualTo(Completeness.GAP);
    assertThat(content(exchange)).isEqualTo("heo");
  }

  @Test
  void run_lastSegmentLostAndAcknowledged_isAGapAtTheEnd() throws IOException {
    Talk talk =
        new Talk()
            .handshake()
            .client(Talk.REQUEST)
            .server(Talk.RESPONSE.substring(0, 40))
            .lost(false, Talk.RESPONSE.length() - 40)
            .acknowledge(true);
    Imports imported = imported(talk);
    assertThat(events(imported, SocketEvent.Close.class).get(0).end().egressPosition())
        .isEqualTo(Talk.RESPONSE.length());
    assertThat(only(imported).completeness()).isEqualTo(Completeness.GAP);
  }

  @Test
  void run_retransmissions_countOnce() throws IOException {
    Talk talk = new Talk().handshake().client(Talk.REQUEST).server(Talk.RESPONSE);
    talk.segment(false, 0, PacketBytes.ACK, Talk.RESPONSE);
    talk.segment(false, 10, PacketBytes.ACK, Talk.RESPONSE.substring(10, 30));
    Imports imported = imported(talk.close());
    assertThat(content(only(imported))).isEqualTo("hello");
    assertThat(events(imported, StreamEvent.Data.class)).hasSize(2);
    assertThat(imported.stats().tcp().repeatedBytes()).isEqualTo(Talk.RESPONSE.length() + 20L);
    assertThat(imported.stats().tcp().conflictingSegments()).isZero();
  }

  @Test
  void run_retransmissionWithOtherBytes_keepsTheFirstAndSaysSo() throws IOException {
    Talk talk = new Talk().handshake().client(Talk.REQUEST).server(Talk.RESPONSE);
    talk.segment(false, 0, PacketBytes.ACK, Talk.RESPONSE.replace("hello", "jelly"));
    Imports imported = imported(talk.close());
    assertThat(content(only(imported))).isEqualTo("hello");
    assertThat(imported.stats().tcp().conflictingSegments()).isEqualTo(1);
    assertThat(imported.sessions().get(0).anomalies())
        .extracting(anomaly -> anomaly.kind())
        .contains(AnomalyKind.CONFLICTING_BYTES);
  }

  @Test
  void run_overlapBehindWhatCameFirst_keepsTheFirst() throws IOException {
    int at = Talk.RESPONSE.length() - 3;
    Talk talk = new Talk().handshake().client(Talk.REQUEST);
    talk.segment(false, at, PacketBytes.ACK, "llo");
    talk.segment(false, 0, PacketBytes.ACK, Talk.RESPONSE.substring(0, at) + "LLO");
    assertThat(content(only(imported(talk)))).isEqualTo("hello");
  }

  @Test
  void run_keepAliveProbes_areNoContent() throws IOException {
    Talk talk = new Talk().handshake().client(Talk.REQUEST).server(Talk.RESPONSE);
    talk.segment(false, Talk.RESPONSE.length() - 1, PacketBytes.ACK, "\0");
    talk.segment(false, Talk.RESPONSE.length() - 1, PacketBytes.ACK, "");
    Imports imported = imported(talk.close());
    assertThat(imported.stats().tcp().keepAlives()).isEqualTo(1);
    assertThat(imported.stats().tcp().conflictingSegments()).isZero();
    assertThat(only(imported).completeness()).isEqualTo(Completeness.COMPLETE);
  }

  @Test
  void run_portsUsedAgain_areTwoConnections() throws IOException {
    Talk first = Talk.exchange();
    Talk second =
        new Talk()
            .firstNumbers(1000 + 500, 9000 + 500)
            .pause(5 * Talk.STEP_NANOS + 10_000_000L)
            .handshake()
            .client(Talk.REQUEST.replace("/a", "/b"))
            .server(Talk.RESPONSE)
            .close();
    List<PacketBytes.Frame> both = new ArrayList<>(first.frames());
    both.addAll(second.frames());
    Imports imported = Imports.of(PacketBytes.pcap(PacketBytes.ETHERNET, both));
    assertThat(imported.sessions())
        .extracting(
            session -> Objects.requireNonNull(session.exchanges().get(0).request()).target())
        .containsExactly("/a", "/b");
  }

  @Test
  void run_synOnAConnectionThatLives_isIgnoredUntilItIsAnswered() throws IOException {
    Talk talk = new Talk().handshake().client(Talk.REQUEST);
    talk.segment(true, 5_000_000, PacketBytes.SYN, "");
    talk.server(Talk.RESPONSE).close();
    assertThat(content(only(imported(talk)))).isEqualTo("hello");
  }

  @Test
  void run_simultaneousOpen_findsTheClientByItsRequest() throws IOException {
    Talk talk = new Talk();
    talk.segment(false, -1, PacketBytes.SYN, "");
    talk.segment(true, -1, PacketBytes.SYN, "");
    talk.segment(false, -1, PacketBytes.SYN | PacketBytes.ACK, "");
    talk.segment(true, -1, PacketBytes.SYN | PacketBytes.ACK, "");
    Exchange exchange = only(imported(talk.client(Talk.REQUEST).server(Talk.RESPONSE).close()));
    assertThat(exchange.connection().client().port()).isEqualTo(PacketBytes.CLIENT_PORT);
    assertThat(content(exchange)).isEqualTo("hello");
  }

  @Test
  void run_reset_closesTheConnection() throws IOException {
    Talk talk =
        new Talk().handshake().client(Talk.REQUEST).server("HTTP/1.1 200 OK\r\n\r\nuntil the end");
    talk.segment(false, 32, PacketBytes.RST, "");
    Exchange exchange = only(imported(talk));
    assertThat(content(exchange)).isEqualTo("until the end");
    assertThat(exchange.connection().closedEpochNanos()).isNotNull();
  }

  @Test
  void run_repetitionsAfterTheEnd_makeNoConnection() throws IOException {
    Talk talk = Talk.exchange().pause(5_000_000_000L);
    talk.segment(false, 0, PacketBytes.ACK, Talk.RESPONSE);
    assertThat(imported(talk).exchanges()).hasSize(1);
  }

  @Test
  void run_snapLength_isACut() throws IOException {
    byte[] file =
        PacketBytes.pcap(
            ByteOrder.BIG_ENDIAN,
            0xa1b2c3d4,
            PacketBytes.ETHERNET,
            14 + 20 + 20 + Talk.RESPONSE.length() - 3,
            Talk.exchange().frames());
    Imports imported = Imports.of(file);
    Exchange exchange = only(imported);
    assertThat(content(exchange)).isEqualTo("he");
    assertThat(exchange.completeness()).isEqualTo(Completeness.RECORDER_CAP);
    assertThat(imported.stats().connections().cutBytes()).isEqualTo(3);
    assertThat(imported.stats().connections().missingBytes()).isZero();
  }

  @Test
  void run_tls_isCountedAndLeftOut() throws IOException {
    Talk talk =
        new Talk()
            .port(443)
            .handshake()
            .client("\u0016\u0003\u0001\0\u0005hello")
            .server("\u0016\u0003\u0003\0\u0005hello")
            .close();
    Imports imported = imported(talk);
    assertThat(imported.exchanges()).isEmpty();
    assertThat(imported.stats().connections().tls()).isEqualTo(1);
    assertThat(events(imported, StreamEvent.Data.class)).isEmpty();
    assertThat(events(imported, BlindSpotEvent.class))
        .singleElement()
        .satisfies(
            spot -> {
              assertThat(spot.what()).isEqualTo(BlindSpotEvent.What.UNHOOKED_TLS);
              assertThat(spot.ingressBytes()).isEqualTo(10);
            });
  }

  @Test
  void run_otherProtocol_isLeftOutUnlessItsPortIsNamed() throws IOException {
    byte[] file =
        new Talk().port(25).handshake().server("220 hi\r\n").client("EHLO a\r\n").close().pcap();
    assertThat(events(Imports.of(file), StreamEvent.Data.class)).isEmpty();
    Imports kept = Imports.of(new ByteArrayInputStream(file), Set.of(25));
    assertThat(events(kept, StreamEvent.Data.class)).hasSize(2);
  }

  @Test
  void run_httpOnAnyPort_isFoundByItsFirstBytes() throws IOException {
    Talk talk =
        new Talk().port(12_345).handshake().client("\r\n" + Talk.REQUEST).server(Talk.RESPONSE);
    assertThat(content(only(imported(talk)))).isEqualTo("hello");
  }

  @Test
  void run_httpAfterSomethingElseOnAnOldConnection_isFoundAtATurn() throws IOException {
    Talk talk = new Talk().port(12_345).client("the end of an upload").server("junk");
    talk.pause(2_000_000_000L).client(Talk.REQUEST).server(Talk.RESPONSE);
    assertThat(content(only(imported(talk)))).isEqualTo("hello");
  }

  @Test
  void run_wrongChecksums_areReportedAndTaken() throws IOException {
    Talk talk = new Talk();
    talk.in(
        datagram -> {
          byte[] changed = datagram.clone();
          changed[36] ^= 0x55;
          return PacketBytes.ethernet(0x0800, changed);
        });
    talk.handshake().client(Talk.REQUEST).server(Talk.RESPONSE).close();
    Imports imported = imported(talk);
    assertThat(content(only(imported))).isEqualTo("hello");
    assertThat(imported.stats().badChecksums()).isEqualTo(imported.stats().packets());
  }

  @Test
  void run_packetsInReverse_loseNothing() throws IOException {
    Talk talk = new Talk().handshake();
    List<PacketBytes.Frame> frames = new ArrayList<>(talk.frames());
    List<PacketBytes.Frame> answer =
        new ArrayList<>(
            new Talk()
                .client(Talk.REQUEST)
                .server("HTTP/1.1 200 OK\r\n")
                .server("\r\nhe")
                .frames());
    Collections.reverse(answer);
    frames.addAll(answer);
    Imports imported = Imports.of(PacketBytes.pcap(PacketBytes.ETHERNET, frames));
    assertThat(content(only(imported))).isEqualTo("he");
    assertThat(imported.stats().backwardPackets()).isPositive();
  }

  @Test
  void run_sameFileTwice_givesTheSameEvents() throws IOException {
    byte[] file = Talk.exchange().pcap();
    assertThat(Imports.of(file).events()).isEqualTo(Imports.of(file).events());
    Session session = Imports.of(file).sessions().get(0);
    assertThat(session.accounting().ingress().inMessages()).isEqualTo(Talk.REQUEST.length());
    assertThat(events(Imports.of(file), StreamEvent.Data.class))
        .extracting(data -> data.stream().direction())
        .containsExactly(Direction.INGRESS, Direction.EGRESS);
  }
}

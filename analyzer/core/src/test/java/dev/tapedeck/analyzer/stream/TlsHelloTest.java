// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hellos that were recorded from real programs, and what can be wrong with them. */
class TlsHelloTest {
  private static final List<String> NAMES =
      List.of(
          "curl-tls13",
          "curl-tls12",
          "python-tls13",
          "s_client-tls13",
          "server-tls13",
          "server-tls12");

  private static byte[] hello(String name) throws IOException {
    Properties hellos = new Properties();
    try (InputStream in = TlsHelloTest.class.getResourceAsStream("hellos.properties")) {
      hellos.load(in);
    }
    return HexFormat.of().parseHex(hellos.getProperty(name));
  }

  private static TlsHello read(byte[] record, int length) {
    return TlsHello.read(Bytes.wrap(record, 0, length));
  }

  private static TlsHello read(String name) throws IOException {
    byte[] record = hello(name);
    return read(record, record.length);
  }

  @ParameterizedTest
  @CsvSource({
    "curl-tls13, shop.example, h2 http/1.1",
    "curl-tls12, shop.example, h2 http/1.1",
    "s_client-tls13, a.example, h2 http/1.1"
  })
  void read_clientHello_hasNameAndProtocols(String name, String server, String protocols)
      throws IOException {
    assertThat(read(name))
        .isEqualTo(new TlsHello.Client(server, List.of(protocols.split(" ", -1))));
  }

  @Test
  void read_clientHelloWithoutProtocols_hasNameAlone() throws IOException {
    assertThat(read("python-tls13")).isEqualTo(new TlsHello.Client("localhost", null));
  }

  @Test
  void read_serverHelloOfTls13_takesTheVersionFromTheExtension() throws IOException {
    assertThat(read("server-tls13"))
        .isEqualTo(new TlsHello.Server("TLSv1.3", "TLS_AES_256_GCM_SHA384", null));
  }

  @Test
  void read_serverHelloOfTls12_hasTheChosenProtocol() throws IOException {
    assertThat(read("server-tls12"))
        .isEqualTo(
            new TlsHello.Server("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "http/1.1"));
  }

  /** TLS 1.3 says 1.2 in the old place: without the extensions nobody knows which it is. */
  @Test
  void read_serverHelloCutBeforeItsExtensions_leavesTheVersionOpen() throws IOException {
    assertThat(read(hello("server-tls13"), 81))
        .isEqualTo(new TlsHello.Server(null, "TLS_AES_256_GCM_SHA384", null));
  }

  @Test
  void read_clientHelloCutInsideTheName_isNothing() throws IOException {
    byte[] record = hello("curl-tls13");
    int name = new String(record, StandardCharsets.ISO_8859_1).indexOf("shop");

    assertThat(read(record, name + 4)).isNull();
    assertThat(read(record, name + "shop.example".length()))
        .isEqualTo(new TlsHello.Client("shop.example", null));
  }

  @Test
  void read_unknownSuite_isItsNumber() throws IOException {
    byte[] record = hello("server-tls13");
    record[76] = 0x13;
    record[77] = 0x06;

    assertThat(read(record, record.length))
        .isEqualTo(new TlsHello.Server("TLSv1.3", "0x1306", null));
  }

  @ParameterizedTest
  @CsvSource({"0, 23", "1, 2", "5, 11"})
  void read_otherRecords_areNothing(int at, byte value) throws IOException {
    byte[] record = hello("server-tls13");
    record[at] = value;

    assertThat(read(record, record.length)).isNull();
  }

  /** Whatever the length, what a part says is what the whole says. */
  @Test
  void read_everyPartOfAHello_saysNothingElse() throws IOException {
    for (String name : NAMES) {
      byte[] record = hello(name);
      TlsHello whole = read(record, record.length);
      for (int length = 0; length <= record.length; length++) {
        TlsHello part = read(record, length);
        if (part instanceof TlsHello.Client client && whole instanceof TlsHello.Client all) {
          assertThat(client.serverName()).isIn(null, all.serverName());
          assertThat(client.protocols()).isIn(null, all.protocols());
        } else if (part instanceof TlsHello.Server server && whole instanceof TlsHello.Server all) {
          assertThat(server.version()).isIn(null, all.version());
          assertThat(server.cipher()).isEqualTo(all.cipher());
          assertThat(server.protocol()).isIn(null, all.protocol());
        } else {
          assertThat(part).isNull();
        }
      }
    }
  }

  /** Never an exception: the bytes come from whoever opens a connection. */
  @Test
  void read_anyBytes_neverThrows() throws IOException {
    Random random = new Random(1);
    List<byte[]> hellos = new ArrayList<>();
    for (String name : NAMES) {
      hellos.add(hello(name));
    }
    int understood = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] record = hellos.get(round % hellos.size()).clone();
      if (round % 20 == 0) {
        random.nextBytes(record);
      }
      for (int flips = random.nextInt(6); flips > 0; flips--) {
        record[random.nextInt(record.length)] = (byte) random.nextInt(256);
      }
      if (read(record, random.nextInt(record.length + 1)) != null) {
        understood++;
      }
    }
    assertThat(understood).isBetween(20_000, 199_000);
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Captures without logs to compare with: what is plain to see in them. */
class SmallCorporaTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          akita/pcap/testdata/simple_http_two.pcap            | GET / 200 612, GET /favicon.ico 404 153
          akita/pcap/testdata/simple_http_two_with_noise.pcap | GET / 200 612, GET /favicon.ico 404 153
          tcpdump/tests/arcnet-rfc1051-arp-icmp-http.pcap     | GET / 301 228
          tcpdump/tests/arcnet-rfc1201-arp-icmp-http.pcap     | GET / 301 228
          tcpdump/tests/ipv4_tcp_http_xml.pcap                | - 200 351
          tcpdump/tests/ipv4_tcp_http_xml_tso.pcap            | POST http://gwm-ml-a2.wsodqa.com//research/module-loader/module-loader.asp?user_id=test -
          zeek/testing/btest/Traces/http-qinq-0.pcap          | GET /download/CHANGES.bro-aux.txt 200 4705
          zeek/testing/btest/Traces/http-vlan-0.pcap          | GET /download/CHANGES.bro-aux.txt 200 4705
          zeek/testing/btest/Traces/nflog-http.pcap           | GET / 200 1270
          zeek/testing/btest/Traces/postgresql/http-on-port-5432.pcap           | GET /download/CHANGES.bro-aux.txt 200 4705
          zeek/testing/btest/Traces/tcp/http-on-irc-port-missing-syn.pcapng     | GET /download/CHANGES.bro-aux.txt 200 4705
          zeek/testing/btest/Traces/tunnels/vxlan-encapsulated-http.pcap        | GET /image/svg 200 8984
          """)
  void exchanges_ofACapture_areThose(String name, String expected) throws IOException {
    List<Exchange> exchanges = Imports.of(Imports.corpus("").resolve(name)).exchanges();
    assertThat(exchanges.stream().map(SmallCorporaTest::summary).collect(Collectors.joining(", ")))
        .isEqualTo(expected);
  }

  @Test
  void body_ofAkitasCapture_isTheFile() throws IOException {
    Path folder = Imports.corpus("akita").resolve("pcap/testdata");
    Exchange exchange = Imports.of(folder.resolve("simple_http.pcap")).exchanges().get(0);
    assertThat(Objects.requireNonNull(exchange.response()).body().content().toBytes())
        .isEqualTo(Bytes.copyOf(Files.readAllBytes(folder.resolve("simple_http_response_body_1"))));
  }

  @Test
  void atomicFragments_ofIpv6_areDatagrams() throws IOException {
    Path trace = Imports.corpus("zeek").resolve("testing/btest/Traces/ipv6-http-atomic-frag.pcap");
    assertThat(Imports.of(trace).exchanges())
        .hasSize(4)
        .allSatisfy(
            exchange ->
                assertThat(Objects.requireNonNull(exchange.request()).target())
                    .isEqualTo("/bad.html"));
  }

  private static String summary(Exchange exchange) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    return (request == null ? "-" : request.method() + " " + request.target())
        + (response == null ? " -" : " " + response.status())
        + (response == null ? "" : " " + response.body().content().length());
  }
}

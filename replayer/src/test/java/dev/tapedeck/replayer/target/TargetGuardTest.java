// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TargetGuardTest {
  private static final LocalHost ELSEWHERE = new LocalHost(7, "laptop", Set.of());

  @Test
  void refusal_recordedAddressAndPort_names() throws Exception {
    TargetGuard guard = guard(ELSEWHERE, "203.0.113.5", 443, "shop.example");
    assertThat(refusal(guard, "https://203.0.113.5", "203.0.113.5"))
        .contains("203.0.113.5:443")
        .contains("recorded server");
    assertThat(refusal(guard, "https://203.0.113.5:8443", "203.0.113.5")).isNull();
    assertThat(refusal(guard, "https://203.0.113.6", "203.0.113.6")).isNull();
  }

  @Test
  void refusal_nameThatResolvesToRecordedAddress_refuses() throws Exception {
    TargetGuard guard = guard(ELSEWHERE, "2001:db8::5", 443, "shop.example");
    assertThat(refusal(guard, "https://alias.example", "192.0.2.77", "2001:db8:0::5")).isNotNull();
  }

  @Test
  void refusal_mappedSpellingOfRecordedAddress_refuses() throws Exception {
    TargetGuard guard = guard(ELSEWHERE, "::ffff:203.0.113.5", 443, "shop.example");
    assertThat(refusal(guard, "https://203.0.113.5", "203.0.113.5")).isNotNull();
  }

  @Test
  void refusal_recordedHostName_refusesWhateverThePort() throws Exception {
    TargetGuard guard = guard(ELSEWHERE, "203.0.113.5", 443, "Shop.example:8443");
    assertThat(refusal(guard, "http://shop.EXAMPLE:9999", "192.0.2.1")).contains("shop.example");
    assertThat(refusal(guard, "http://shop.example.:9999", "192.0.2.1")).isNotNull();
    assertThat(refusal(guard, "http://other.example", "192.0.2.1")).isNull();
  }

  @Test
  void refusal_recordedAddressInHostField_refuses() throws Exception {
    TargetGuard guard = guard(ELSEWHERE, "10.0.0.1", 8080, "203.0.113.9:8080");
    assertThat(refusal(guard, "http://203.0.113.9:8080", "203.0.113.9")).isNotNull();
  }

  @Test
  void refusal_loopbackOfAnotherHost_isNoRecordedServer() throws Exception {
    TargetGuard guard = guard(ELSEWHERE, "127.0.0.1", 8080, "localhost:8080");
    assertThat(refusal(guard, "http://127.0.0.1:8080", "127.0.0.1")).isNull();
    assertThat(refusal(guard, "http://localhost:8080", "127.0.0.1")).isNull();
  }

  @Test
  void refusal_loopbackOfTheSameHost_countsWithTheSamePortOnly() throws Exception {
    LocalHost same = new LocalHost(0x5eedL, "renamed", Set.of());
    TargetGuard guard = guard(same, "127.0.0.1", 8080, "localhost:8080");
    assertThat(refusal(guard, "http://127.0.0.1:8080", "127.0.0.1")).isNotNull();
    assertThat(refusal(guard, "http://localhost:8080", "::1")).isNotNull();
    assertThat(refusal(guard, "http://0.0.0.0:8080", "0.0.0.0")).isNotNull();
    assertThat(refusal(guard, "http://localhost:8081", "127.0.0.1")).isNull();
  }

  @Test
  void refusal_sameNameAfterARestart_isTheSameHost() throws Exception {
    LocalHost restarted = new LocalHost(1, "recorded-host", Set.of());
    TargetGuard guard = guard(restarted, "127.0.0.1", 8080, "localhost:8080");
    assertThat(refusal(guard, "http://127.0.0.1:8080", "127.0.0.1")).isNotNull();
  }

  @Test
  void refusal_otherAddressOfTheSameHost_reachesTheSameService() throws Exception {
    LocalHost same = new LocalHost(0x5eedL, "x", Set.of(InetAddress.getByName("198.51.100.3")));
    TargetGuard guard = guard(same, "127.0.0.1", 8080, "localhost:8080");
    assertThat(refusal(guard, "http://198.51.100.3:8080", "198.51.100.3")).isNotNull();
    assertThat(refusal(guard, "http://198.51.100.4:8080", "198.51.100.4")).isNull();
  }

  @Test
  void isHostOf_captureThatNamesNoHost_mayBe() {
    RecordedCapture merged = RecordedCapture.inMemory("all.tape", 0, "", 0, List.of());
    RecordedCapture imported = RecordedCapture.inMemory("packets.tape", 77, "", 0, List.of());

    assertThat(ELSEWHERE.isHostOf(merged)).isTrue();
    assertThat(ELSEWHERE.isHostOf(imported)).isTrue();
  }

  private static TargetGuard guard(LocalHost here, String address, int port, String host) {
    ConnectionInfo connection =
        TestMessages.connection(1, TestMessages.CLIENT, new Endpoint(address, port));
    return new TargetGuard(
        List.of(
            TestMessages.capture(
                TestMessages.session(
                    1,
                    connection,
                    TestMessages.exchange(
                        1,
                        0,
                        connection,
                        1,
                        2,
                        TestMessages.request("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"),
                        TestMessages.response("HTTP/1.1 204 No Content\r\n\r\n"))))),
        here);
  }

  private static String refusal(TargetGuard guard, String url, String... addresses)
      throws UnknownHostException {
    List<InetAddress> resolved = new ArrayList<>();
    for (String address : addresses) {
      resolved.add(InetAddress.getByName(address));
    }
    return guard.refusal(Target.parse(url), resolved);
  }
}

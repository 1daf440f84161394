// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardTest {
  private static final String TOKEN = "abcdefghijklmnopqrstuvwxyz012345";

  private final Guard guard = new Guard("", TOKEN);

  private static InetSocketAddress local(String address) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), 8080);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }

  private Guard.Verdict judge(String method, String path, String host, List<String> origins) {
    return guard.judge(
        new Guard.Claim(
            method, path, List.of(host), List.of(), origins, List.of(), local("127.0.0.1")));
  }

  private Guard.Verdict get(String path) {
    return judge("GET", path, "127.0.0.1:8080", List.of());
  }

  @Test
  void judge_ownPageWithToken_isAnswered() {
    assertThat(get("/" + TOKEN + "/")).isEqualTo(new Guard.Verdict(0, ""));
    assertThat(get("/" + TOKEN + "/app.js")).isEqualTo(new Guard.Verdict(0, "app.js"));
    assertThat(judge("HEAD", "/" + TOKEN + "/", "localhost:8080", List.of("http://localhost:8080")))
        .isEqualTo(new Guard.Verdict(0, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/" + TOKEN,
        "/app.js",
        "/" + TOKEN + "x/",
        "//",
        "/../" + TOKEN + "/",
        "/ABCDEFGHIJKLMNOPQRSTUVWXYZ012345/",
        "/%61bcdefghijklmnopqrstuvwxyz012345/"
      })
  void judge_wrongOrMissingToken_isRefused(String path) {
    assertThat(get(path).refusal()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "127.0.0.1",
        "127.0.0.1:8081",
        "127.0.0.1.evil.example:8080",
        "[::1]:8080",
        "0.0.0.0:8080",
        ""
      })
  void judge_anotherHost_isRefused(String host) {
    assertThat(judge("GET", "/" + TOKEN + "/", host, List.of()).refusal()).isEqualTo(421);
  }

  @Test
  void judge_noHostOrTwo_isRefused() {
    for (List<String> hosts :
        List.of(List.<String>of(), List.of("127.0.0.1:8080", "127.0.0.1:8080"))) {
      Guard.Claim claim =
          new Guard.Claim(
              "GET", "/" + TOKEN + "/", hosts, List.of(), List.of(), List.of(), local("127.0.0.1"));
      assertThat(guard.judge(claim).refusal()).isEqualTo(421);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "http://evil.example",
        "https://127.0.0.1:8080",
        "http://127.0.0.1:8081",
        "http://localhost:8080"
      })
  void judge_anotherOrigin_isRefused(String origin) {
    Guard.Verdict verdict = judge("GET", "/" + TOKEN + "/", "127.0.0.1:8080", List.of(origin));
    assertThat(verdict.refusal()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "evil.example:8080", "127.0.0.1:80", "x@127.0.0.1:8080", ""})
  void judge_targetOfAnotherHost_isRefusedWhateverTheHostField(String authority) {
    Guard.Claim claim =
        new Guard.Claim(
            "GET",
            "/" + TOKEN + "/",
            List.of("127.0.0.1:8080"),
            List.of(authority),
            List.of(),
            List.of(),
            local("127.0.0.1"));
    assertThat(guard.judge(claim).refusal()).isEqualTo(421);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "else"})
  void judge_anotherSitesRequest_isRefused(String site) {
    Guard.Claim claim =
        new Guard.Claim(
            "GET",
            "/" + TOKEN + "/",
            List.of("127.0.0.1:8080"),
            List.of(),
            List.of(),
            List.of(site),
            local("127.0.0.1"));
    assertThat(guard.judge(claim).refusal()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get"})
  void judge_otherMethods_areRefused(String method) {
    Guard.Verdict verdict = judge(method, "/" + TOKEN + "/", "127.0.0.1:8080", List.of());
    assertThat(verdict.refusal()).isEqualTo(405);
  }

  @Test
  void judge_namedAddress_goesByThatNameAndItsNumber() {
    Guard named = new Guard("Laptop.example", TOKEN);
    for (String host : List.of("laptop.example:8080", "192.0.2.7:8080")) {
      Guard.Claim claim =
          new Guard.Claim(
              "GET",
              "/" + TOKEN + "/",
              List.of(host),
              List.of(),
              List.of(),
              List.of(),
              local("192.0.2.7"));
      assertThat(named.judge(claim).refusal()).isZero();
    }
    Guard.Claim local =
        new Guard.Claim(
            "GET",
            "/" + TOKEN + "/",
            List.of("localhost:8080"),
            List.of(),
            List.of(),
            List.of(),
            local("192.0.2.7"));
    assertThat(named.judge(local).refusal()).isEqualTo(421);
  }

  @Test
  void token_ofEachServer_isAnotherOf192Bits() {
    assertThat(new Guard("").token())
        .matches("[A-Za-z0-9_-]{32}")
        .isNotEqualTo(new Guard("").token());
  }
}

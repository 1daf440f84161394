// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CertificateAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final CertificateAuthority authority;

  CertificateAuthorityTest() throws Exception {
    authority = CertificateAuthority.create(Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void issue_names_areAlternativeNamesOfAServerCertificate() throws Exception {
    X509Certificate issued =
        authority.issue(List.of("pay.example", "192.0.2.7", "2001:db8::1")).chain().get(0);
    assertThat(issued.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("pay.example", "192.0.2.7", "2001:db8:0:0:0:0:0:1");
    assertThat(issued.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(issued.getKeyUsage()).startsWith(true, false);
    assertThat(issued.getBasicConstraints()).isEqualTo(-1);
    assertThat(issued.getVersion()).isEqualTo(3);
  }

  @Test
  void authority_certificate_mayOnlySignServers() throws Exception {
    X509Certificate own = authority.certificate();
    assertThat(own.getBasicConstraints()).isZero();
    assertThat(own.getKeyUsage()[0]).isFalse();
    assertThat(own.getKeyUsage()[5]).isTrue();
    assertThat(own.getKeyUsage()[6]).isTrue();
    own.verify(own.getPublicKey());
  }

  @Test
  void chain_isValidAtTheTimeAndNotAMonthLater() throws Exception {
    var issued = authority.issue(List.of("a.example"));
    var path =
        CertificateFactory.getInstance("X.509").generateCertPath(List.of(issued.chain().get(0)));
    PKIXParameters trust =
        new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
    trust.setRevocationEnabled(false);
    trust.setDate(Date.from(NOW));
    assertThat(CertPathValidator.getInstance("PKIX").validate(path, trust)).isNotNull();
    trust.setDate(Date.from(NOW.plusSeconds(30L * 24 * 3600)));
    assertThatThrownBy(() -> CertPathValidator.getInstance("PKIX").validate(path, trust))
        .hasMessageContaining("validity");
  }

  @Test
  void serials_ofTwoCertificates_differ() throws Exception {
    assertThat(authority.issue(List.of("a")).chain().get(0).getSerialNumber())
        .isNotEqualTo(authority.issue(List.of("a")).chain().get(0).getSerialNumber());
  }

  @Test
  void issue_whatIsNoName_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> authority.issue(List.of("a b")));
    assertThatIllegalArgumentException().isThrownBy(() -> authority.issue(List.of()));
    assertThat(CertificateAuthority.isName("a\0.example")).isFalse();
  }
}

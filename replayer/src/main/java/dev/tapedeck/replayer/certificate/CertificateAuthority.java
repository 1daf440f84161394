// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.certificate;

import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Issues certificates for servers that stand in for others. It lives as long as the process: its
 * key is never written anywhere, and what it issues is good for a few days.
 *
 * <p>The Java platform reads certificates but has no call to make one, hence the encoding by hand
 * (RFC 5280, section 4.1). Keys are on P-256; all servers share one, as nothing is gained by more.
 *
 * <p><b>Threads:</b> any.
 */
public final class CertificateAuthority {
  private static final Duration BEFORE = Duration.ofDays(1);
  private static final Duration AFTER = Duration.ofDays(7);
  private static final int SERIAL_BITS = 126;
  private static final int KEY_BITS = 256;
  private static final String ISSUER = "Tapedeck replayer, this run only";

  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String SUBJECT_KEY = "2.5.29.14";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAME = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String AUTHORITY_KEY = "2.5.29.35";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

  /** Tags of names (RFC 5280, section 4.2.1.6). */
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;

  /** Letters, digits and what host names are seen with besides. */
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_*.-]{1,253}");

  private final Clock clock;
  private final KeyPair own;
  private final KeyPair servers;
  private final X509Certificate certificate;

  private CertificateAuthority(Clock clock, KeyPair own, KeyPair servers)
      throws GeneralSecurityException {
    this.clock = clock;
    this.own = own;
    this.servers = servers;
    // cA true and no authority below (section 4.2.1.9); keyCertSign and cRLSign (4.2.1.3).
    this.certificate =
        sign(
            ISSUER,
            own.getPublic(),
            List.of(
                extension(
                    BASIC_CONSTRAINTS, true, Der.sequence(Der.yes(), Der.integer(BigInteger.ZERO))),
                extension(KEY_USAGE, true, Der.bits(1, new byte[] {0x06})),
                extension(SUBJECT_KEY, false, Der.octets(identify(own.getPublic())))));
  }

  /**
   * Makes an authority with keys of its own.
   *
   * @param clock tells from when on certificates are good
   */
  public static CertificateAuthority create(Clock clock) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(KEY_BITS);
    return new CertificateAuthority(
        clock, generator.generateKeyPair(), generator.generateKeyPair());
  }

  /** Returns its certificate, which clients are to trust. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Returns its certificate as a PEM file holds it (RFC 7468). */
  public String pem() throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  /** Returns whether a certificate can be issued for the name: of a host, or an address. */
  public static boolean isName(String name) {
    return isAddress(name) || HOST_NAME.matcher(name).matches();
  }

  private static boolean isAddress(String name) {
    return NetUtil.createByteArrayFromIpAddressString(name) != null;
  }

  /**
   * Issues a certificate.
   *
   * @param names host names and addresses, IPv6 ones without brackets; at least one
   * @throws IllegalArgumentException when one is neither
   */
  public IssuedCertificate issue(List<String> names) throws GeneralSecurityException {
    List<byte[]> alternatives = new ArrayList<>();
    for (String name : names) {
      alternatives.add(alternative(name));
    }
    if (alternatives.isEmpty()) {
      throw new IllegalArgumentException("names is empty");
    }
    X509Certificate issued =
        sign(
            "Tapedeck mock",
            servers.getPublic(),
            List.of(
                extension(BASIC_CONSTRAINTS, true, Der.sequence()),
                // digitalSignature
                extension(KEY_USAGE, true, Der.bits(7, new byte[] {(byte) 0x80})),
                extension(
                    EXTENDED_KEY_USAGE, false, Der.sequence(Der.identifier(SERVER_AUTHENTICATION))),
                extension(SUBJECT_KEY, false, Der.octets(identify(servers.getPublic()))),
                extension(
                    AUTHORITY_KEY,
                    false,
                    Der.sequence(Der.taggedBytes(0, identify(own.getPublic())))),
                extension(
                    ALTERNATIVE_NAME, false, Der.sequence(alternatives.toArray(new byte[0][])))));
    return new IssuedCertificate(List.of(issued, certificate), servers.getPrivate());
  }

  private static byte[] alternative(String name) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
    if (address != null) {
      return Der.taggedBytes(IP_ADDRESS, address);
    }
    if (!HOST_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a name of " + name.length() + " characters is no host");
    }
    return Der.taggedBytes(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
  }

  private X509Certificate sign(String subject, PublicKey key, List<byte[]> extensions)
      throws GeneralSecurityException {
    Instant now = clock.instant();
    byte[] algorithm = Der.sequence(Der.identifier(ECDSA_WITH_SHA256));
    byte[] toBeSigned =
        Der.sequence(
            // Version 3.
            Der.tagged(0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS)),
            algorithm,
            name(ISSUER),
            Der.sequence(Der.time(now.minus(BEFORE)), Der.time(now.plus(AFTER))),
            name(subject),
            key.getEncoded(),
            Der.tagged(3, Der.sequence(extensions.toArray(new byte[0][]))));
    byte[] signature = signature(own.getPrivate(), toBeSigned);
    byte[] encoded = Der.sequence(toBeSigned, algorithm, Der.bits(0, signature));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  private static byte[] signature(PrivateKey key, byte[] bytes) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(bytes);
    return signature.sign();
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(Der.identifier(COMMON_NAME), Der.text(commonName))));
  }

  private static byte[] extension(String identifier, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.identifier(identifier), Der.yes(), Der.octets(value))
        : Der.sequence(Der.identifier(identifier), Der.octets(value));
  }

  /** Any identifier that is the same for the same key will do (section 4.2.1.2). */
  private static byte[] identify(PublicKey key) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    byte[] identifier = new byte[20];
    System.arraycopy(digest, 0, identifier, 0, identifier.length);
    return identifier;
  }
}

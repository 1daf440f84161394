// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rehearsal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A self-signed certificate for 127.0.0.1 that lives as long as a rehearsal. The Java platform can
 * read certificates but has no call to make one, hence the encoding by hand (RFC 5280, section 4.1;
 * ITU-T X.690).
 *
 * @param certificate valid for a day
 * @param key its private key
 */
record RehearsalCertificate(X509Certificate certificate, PrivateKey key) {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int VERSION_TAG = 0xa0;
  private static final int EXTENSIONS_TAG = 0xa3;
  private static final int IP_ADDRESS_TAG = 0x87;

  /** 1.2.840.10045.4.3.2 */
  private static final byte[] ECDSA_WITH_SHA256 = {
    0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
  };

  /** 2.5.4.3 */
  private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};

  /** 2.5.29.17 */
  private static final byte[] SUBJECT_ALTERNATIVE_NAME = {0x55, 0x1d, 0x11};

  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  static RehearsalCertificate create(Clock clock) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    Instant now = clock.instant();
    byte[] algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256));
    byte[] name =
        der(
            SEQUENCE,
            der(
                SET,
                der(
                    SEQUENCE,
                    der(OBJECT_IDENTIFIER, COMMON_NAME),
                    der(UTF8_STRING, ascii("rehearsal")))));
    byte[] names = der(SEQUENCE, der(IP_ADDRESS_TAG, LOOPBACK));
    byte[] toBeSigned =
        der(
            SEQUENCE,
            der(VERSION_TAG, der(INTEGER, new byte[] {2})),
            der(INTEGER, new byte[] {1}),
            algorithm,
            name,
            der(
                SEQUENCE,
                der(GENERALIZED_TIME, ascii(TIME.format(now.minus(Duration.ofHours(12))))),
                der(GENERALIZED_TIME, ascii(TIME.format(now.plus(Duration.ofHours(12)))))),
            name,
            keys.getPublic().getEncoded(),
            der(
                EXTENSIONS_TAG,
                der(
                    SEQUENCE,
                    der(
                        SEQUENCE,
                        der(OBJECT_IDENTIFIER, SUBJECT_ALTERNATIVE_NAME),
                        der(OCTET_STRING, names)))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(toBeSigned);
    byte[] encoded =
        der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, new byte[] {0}, signature.sign()));
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    return new RehearsalCertificate(certificate, keys.getPrivate());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns tag, length and contents (X.690, section 8.1). */
  private static byte[] der(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : contents) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(tag);
    int length = content.size();
    if (length < 0x80) {
      encoded.write(length);
    } else if (length < 0x100) {
      encoded.write(0x81);
      encoded.write(length);
    } else {
      encoded.write(0x82);
      encoded.write(length >> 8);
      encoded.write(length);
    }
    encoded.writeBytes(content.toByteArray());
    return encoded.toByteArray();
  }
}

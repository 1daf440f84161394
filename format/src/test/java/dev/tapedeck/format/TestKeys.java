// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;

/** Keys that age-keygen made for tests, and random bytes that are always the same. */
public final class TestKeys {
  /** Reads everything in {@link #encryption()}. */
  public static final String ALICE =
      "age1jcdgep6sj4r2wjx69uzm2jy37240au5dk6v02tza34t9w2m6v3ysrpagk7";

  public static final String ALICE_SECRET =
      "AGE-SECRET-KEY-1VWEC5DXY204SV35MGXHHSAAL0AXKNSU926RQWMK7GEZFZH0AAEDSAXJUFM";

  /** Reads metadata alone. */
  public static final String BOB = "age1qmvyvj6tlz43ujw64mv9wp7kps6dxn59ppeyt0zpu3dhaks4razqlfjlpr";

  public static final String BOB_SECRET =
      "AGE-SECRET-KEY-1322K849G3J3YW87GA0V6TW4N3Y95G4G2VLNVUVZYXCGF64RM390STY8QQT";

  /** Reads nothing. */
  public static final String EVE_SECRET =
      "AGE-SECRET-KEY-1VF8Z32QW9KU3ND7PZSUVHQ6V2MUUVCPMKKK4VWUY82FRUDMFWWQQTJAV3Z";

  private TestKeys() {}

  /** Returns encryption to Alice, and of the metadata to Bob. */
  public static Encryption encryption() {
    return Encryption.to(List.of(ALICE), List.of(BOB));
  }

  public static Identities alice() {
    return identities(ALICE_SECRET);
  }

  public static Identities bob() {
    return identities(BOB_SECRET);
  }

  public static Identities eve() {
    return identities(EVE_SECRET);
  }

  private static Identities identities(String secret) {
    try {
      return Identities.parse("# a comment\n\n" + secret + "\n", "key.txt");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a source of random bytes that gives the same for the same seed. */
  public static SecureRandom seeded(long seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(seed);
      return random;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("OpenJDK has SHA1PRNG", e);
    }
  }
}

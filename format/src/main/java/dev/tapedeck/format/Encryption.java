// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.tapedeck.format.internal.crypto.AgeFile;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says for whom captures are encrypted. Only public keys are needed, and each file gets keys of its
 * own.
 *
 * <p><b>Threads:</b> immutable, but for the source of random bytes, which does its own locking.
 *
 * <p><b>Limits:</b> {@value #MAX_RECIPIENTS} recipients.
 */
public final class Encryption {
  /** How many recipients there may be, of both kinds together. */
  public static final int MAX_RECIPIENTS = 256;

  private static final String SECRET_KEY_PREFIX = "AGE-SECRET-KEY-";

  private final List<RecipientStanzaWriter> payloadReaders;
  private final List<RecipientStanzaWriter> allReaders;
  private final SecureRandom random;
  private final @Nullable FileKeys keys;

  private Encryption(
      List<RecipientStanzaWriter> payloadReaders,
      List<RecipientStanzaWriter> allReaders,
      SecureRandom random,
      @Nullable FileKeys keys) {
    this.payloadReaders = payloadReaders;
    this.allReaders = allReaders;
    this.random = random;
    this.keys = keys;
  }

  /**
   * Returns encryption to public keys as {@code age-keygen} prints them ({@code age1...}).
   *
   * @param recipients who can read everything; not empty
   * @param metadataRecipients who can read connections, sizes and times only
   * @throws IllegalArgumentException when there is no recipient, there are too many, or one is no
   *     such key; its message names it
   */
  public static Encryption to(List<String> recipients, List<String> metadataRecipients) {
    Set<String> all = new LinkedHashSet<>(recipients);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("nobody could read the payload: no recipient");
    }
    List<RecipientStanzaWriter> payloadReaders = new ArrayList<>();
    for (String recipient : all) {
      payloadReaders.add(writerOf(recipient));
    }
    List<RecipientStanzaWriter> allReaders = new ArrayList<>(payloadReaders);
    for (String recipient : metadataRecipients) {
      if (all.add(recipient)) {
        allReaders.add(writerOf(recipient));
      }
    }
    if (all.size() > MAX_RECIPIENTS) {
      throw new IllegalArgumentException(
          "recipients=" + all.size() + ", at most " + MAX_RECIPIENTS);
    }
    return new Encryption(
        List.copyOf(payloadReaders), List.copyOf(allReaders), new SecureRandom(), null);
  }

  private static RecipientStanzaWriter writerOf(String recipient) {
    if (recipient.toUpperCase(Locale.ROOT).startsWith(SECRET_KEY_PREFIX)) {
      // Its text must not reach a terminal or a log.
      throw new IllegalArgumentException(
          "a secret key was given as recipient; give the public key, which age-keygen -y prints");
    }
    try {
      RecipientStanzaWriter writer =
          X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient);
      // Some keys are well written and useless: RFC 7748, section 6.1, on small order.
      AgeFile.seal(new byte[1], List.of(writer));
      return writer;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "recipient " + recipient + " is no age X25519 public key (age1...)", e);
    }
  }

  /** Returns this encryption with another source of keys and salts. */
  public Encryption withRandom(SecureRandom random) {
    return new Encryption(payloadReaders, allReaders, random, keys);
  }

  /**
   * Returns this encryption with fixed keys, so that with a fixed {@link #withRandom random} the
   * same events give the same bytes. For tests and reproducible samples alone: two different
   * captures must never have both in common.
   */
  public Encryption withKeys(FileKeys keys) {
    return new Encryption(payloadReaders, allReaders, random, keys);
  }

  /** Returns keys for one file. */
  public FileKeys newKeys() {
    if (keys != null) {
      return keys;
    }
    byte[] metadataKey = new byte[FileKeys.KEY_BYTES];
    byte[] payloadKey = new byte[FileKeys.KEY_BYTES];
    random.nextBytes(metadataKey);
    random.nextBytes(payloadKey);
    try {
      return new FileKeys(
          metadataKey,
          payloadKey,
          AgeFile.seal(metadataKey, allReaders),
          AgeFile.seal(payloadKey, payloadReaders));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every recipient was tried before", e);
    }
  }

  /** Returns the source of keys and salts. */
  SecureRandom random() {
    return random;
  }

  /** Returns how many can read the payload and how many the metadata alone. */
  @Override
  public String toString() {
    return "Encryption[recipients="
        + payloadReaders.size()
        + ", metadataRecipients="
        + (allReaders.size() - payloadReaders.size())
        + "]";
  }
}

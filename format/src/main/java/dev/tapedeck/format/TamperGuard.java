// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Watches a walk over an encrypted file: no block may be missing where nothing is damaged, and a
 * finished file ends with its footer.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class TamperGuard implements RecordWalk.DamageSink {
  private final EncryptedFile encrypted;
  private final RecordWalk.DamageSink sink;
  private boolean footerBefore;

  private TamperGuard(EncryptedFile encrypted, RecordWalk.DamageSink sink) {
    this.encrypted = encrypted;
    this.sink = sink;
  }

  /**
   * Returns what watches a reading of this file, if it is encrypted, and else the sink itself.
   *
   * @param encrypted null when it is not
   */
  static RecordWalk.DamageSink over(@Nullable EncryptedFile encrypted, RecordWalk.DamageSink sink) {
    return encrypted == null ? sink : new TamperGuard(encrypted, sink);
  }

  @Override
  public void damage(Damage damage) throws IOException {
    sink.damage(
        damage.kind() == DamageKind.MISSING
            ? new Damage(
                damage.offset(),
                damage.lengthBytes(),
                DamageKind.TAMPERED,
                damage.reason(),
                damage.lostEvents())
            : damage);
  }

  @Override
  public void passed(RecordHeader record, long offset) throws IOException {
    String headerTampering = encrypted.headerTampering();
    if (record.type() == RecordType.FILE_HEADER && headerTampering != null) {
      report(record, offset, "the file header: " + headerTampering, 0);
    }
    if (record.type() == RecordType.TRAILER && !footerBefore && !encrypted.isCopy()) {
      report(record, offset, "the file's end has no seal", Damage.UNKNOWN);
    }
    footerBefore = record.type() == RecordType.FOOTER;
  }

  private void report(RecordHeader record, long offset, String reason, long lostEvents)
      throws IOException {
    sink.damage(new Damage(offset, record.lengthBytes(), DamageKind.TAMPERED, reason, lostEvents));
  }
}

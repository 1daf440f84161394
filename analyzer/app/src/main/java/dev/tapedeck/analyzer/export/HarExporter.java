// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes exchanges as an HTTP Archive, version 1.2.
 *
 * <p>What HAR has no place for stands in {@code _tapedeck} objects; {@code docs/JSON.md} describes
 * them. An exchange whose request was not captured cannot be told in HAR and is counted instead.
 *
 * <p><b>Lifecycle:</b> {@link #exchange} for each, {@link #finish}, which completes the file,
 * {@link #close}. <b>Threads:</b> confined to one, which alone writes; helpers mask and lay out.
 * The archive is the same whatever their number. <b>Ownership:</b> the caller closes the stream.
 * <b>Limits:</b> two batches of exchanges for each thread are in memory, each of some 256 KiB and
 * laid out in 4 MiB at most; what is larger is written alone.
 */
public final class HarExporter implements Closeable {
  private final OutputStream out;
  private final String creatorVersion;
  private final ExchangeMasker masker;
  private final OrderedTasks<HarBatch> batches;
  private HarBatch batch;
  private long withoutRequest;
  private boolean none = true;
  private boolean begun;

  /**
   * Starts an archive.
   *
   * @param out where to
   * @param creatorVersion version of this tool
   * @param includeSecrets false to mask what the default redaction rules call secret
   * @param threads how many mask and lay out, with the calling one
   */
  public HarExporter(OutputStream out, String creatorVersion, boolean includeSecrets, int threads) {
    this.out = out;
    this.masker = ExchangeMasker.unless(includeSecrets);
    this.batch = new HarBatch(masker, true);
    this.creatorVersion = creatorVersion;
    this.batches = new OrderedTasks<>(threads, "tapedeck-har", this::write);
  }

  /** Returns how many exchanges are not in the archive because their request was not captured. */
  public long withoutRequest() {
    return withoutRequest;
  }

  /** Writes one exchange, now or later. */
  public void exchange(CaptureRef capture, Exchange exchange) throws IOException {
    HttpRequest request = exchange.request();
    // HTTP/2 that was joined late may have requests of which no name is known: HAR demands one.
    if (request == null || request.method().isEmpty()) {
      withoutRequest++;
      return;
    }
    none = false;
    batch.add(capture, exchange);
    if (batch.isFull()) {
      batches.add(batch);
      batch = new HarBatch(masker, false);
    }
  }

  /** Completes the archive. */
  public void finish() throws IOException {
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    batches.finish();
    begin();
    try (HarFrame frame = HarFrame.amid(none, out)) {
      frame.end(masker.masks(), withoutRequest);
    }
  }

  private void write(HarBatch done) throws IOException {
    begin();
    done.writeTo(out);
  }

  /** Not before there is something to write: of a capture that is refused nothing is exported. */
  private void begin() throws IOException {
    if (!begun) {
      begun = true;
      HarFrame.begin(out, creatorVersion);
    }
  }

  /** Ends the helpers; an archive that is not finished stays without end. */
  @Override
  public void close() {
    batches.close();
  }
}

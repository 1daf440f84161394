// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.IndexUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens the lists of captures. */
final class Listings {
  private Listings() {}

  /** Opens the list of each file, which the caller closes; not built yet. */
  static List<CaptureListing> open(AnalyzerCommand root, List<Path> files, IndexUse use)
      throws IOException {
    List<CaptureListing> listings = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      CaptureRef capture =
          files.size() == 1 ? CaptureRef.ONLY : new CaptureRef(file.toString(), i + 1);
      int threads = new SourceOptions(files, false, false).threads(Files.size(file));
      listings.add(
          CaptureListing.open(
              file, capture, () -> Captures.openWhole(root, file, false), threads, use));
    }
    return listings;
  }
}

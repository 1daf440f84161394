// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/** The version of this program. */
public final class ProductVersion {
  private ProductVersion() {}

  /** Returns the version that the jar's manifest states; {@code development} outside a jar. */
  public static String current() {
    String version = ProductVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.format.Damage;
import org.jspecify.annotations.Nullable;

/** Events of a section up to a place, with the damage that follows them if there is one. */
final class RowsPiece extends Piece {
  private final SectionWork section;
  private final long endPlace;
  private final @Nullable Damage damage;

  RowsPiece(SectionWork section, int shards, long endPlace, @Nullable Damage damage) {
    super(section, shards);
    this.section = section;
    this.endPlace = endPlace;
    this.damage = damage;
  }

  @Override
  boolean concerns(int shard) {
    return damage == null && section.rows().concerns(shard);
  }

  @Override
  void give(Shard shard, int number) {
    section.give(shard, number, endPlace);
  }

  @Override
  @Nullable Damage damage() {
    return damage;
  }
}

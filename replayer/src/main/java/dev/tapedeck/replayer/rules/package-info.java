// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The rules file: what people declared about a replay, read strictly and counted in use. */
@NullMarked
package dev.tapedeck.replayer.rules;

import org.jspecify.annotations.NullMarked;

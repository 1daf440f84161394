// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** A small service that takes orders, with nothing but the JDK. */
package orders;

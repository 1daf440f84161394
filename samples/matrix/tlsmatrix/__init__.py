# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The TLS matrix: real TLS stacks under the real recorder, compared with what they logged themselves."""

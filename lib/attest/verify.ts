/**
 * Whether an attestation document may be believed: the list of AWS's attestation_process.md, 3.2, in
 * its order, with the age that KMS looks at last. Whatever fails is refused with the code of the
 * first check that failed; nothing is believed halfway.
 */
import { hash } from 'node:crypto'
import { decodeCoseSign1, sigStructure, type CoseSign1 } from '../codec/cose.ts'
import { decodeAttestationDocument, isDebug, type AttestationDocument } from '../codec/document.ts'
import { TrustError } from '../errors.ts'
import { ChainCache, verifySignature } from './chain-cache.ts'
import {
  checkAlgorithms,
  checkAuthorities,
  checkExtensions,
  checkLeaf,
  checkOrder,
  checkRoot,
  checkValidity,
  type Chain,
} from './chain.ts'
import { checkFreshness, type Freshness } from './freshness.ts'
import { Recorder, refuseAtOnce, type Check, type Steps } from './steps.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import { recipientKey } from './recipient-key.ts'
import type { TrustAnchor } from './roots.ts'

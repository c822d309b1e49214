/** Every document this application sends. All of them are granted to it for the matter; it asks for nothing else. */

/** Registers the case (办件) before anything is asked about anybody. */
export const REGISTER = `mutation Register($input: RegisterCaseInput!) { registerCase(input: $input) { number } }`;

/** What the parent typed is compared with the household register before a verdict is told to whoever typed it. */
export const CONFIRM = `mutation Confirm($claims: [ClaimInput!]!) {
  compareClaims(claims: $claims) { claim outcome unknown department }
}`;

/** The verdict with its reasons; the facts behind it stay in the gateway. */
export const VERIFY = `mutation Verify { verify {
  verdict tier tierZh ruleSet asOf reasonsZh reasonsEn reviewZh reviewEn receipt
  requirements { id nameZh nameEn outcome effect element department reasonZh reasonEn }
} }`;

/** Which fields of the form the city fills, and which are left to type; without the values. */
export const FORM = `query Form { prefill { total filled typed fields { field nameZh nameEn state department } } }`;

/** What the school's clerk may see of a case: the facts as granted to the school, masked where the grant says so. */
export const FACTS = `query Facts($child: CitizenId!) {
  resident(id: $child) {
    name idNumber sex birthDate status registration registeredDivision movedInDate
    address { text }
    guardians {
      relation name
      resident {
        properties(first: 20) { manner share unit { address area usage } }
        licences(first: 20) { typeName status validFrom validTo }
      }
    }
    vaccination { assessment { result missing due } }
  }
}`;

/** The form as it is filled, for the clerk. */
export const FILLED_FORM = `query FilledForm { prefill {
  total filled typed fields { field nameZh nameEn state value department fetchedAt }
} }`;

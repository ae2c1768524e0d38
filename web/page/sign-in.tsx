// Who is there: the demo's people to pick from, or the issuers to sign in at.
import { useEffect, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { signInAs, startOidc, type Session, type SignIn } from "./session";

interface Props {
  options: Promise<SignIn>;
  problem?: string | null;
  onSignedIn: (session: Session) => void;
}

export function SignInPage(props: Props) {
  return (
    <main className="sign-in">
      <p className="product">ERP Integrations</p>
      <h1>Subcontractor Invoices</h1>
      <Ways {...props} />
    </main>
  );
}

/** On top of what somebody was doing, which waits underneath as it is. */
export function SignInAgain({ name, why, ...props }: Props & { name: string; why: string | null }) {
  return (
    <ModalOverlay isOpen className="underlay">
      <Modal className="modal">
        <Dialog className="dialog sign-in" role="alertdialog">
          <Heading slot="title">Sign in again</Heading>
          <p>{why ? `ERP Link does not let ${name} in: ${why}.` : `The time of ${name} is over.`}</p>
          <p>Sign in to go on where you were: nothing is lost.</p>
          <Ways {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Ways({ options, problem = null, onSignedIn }: Props) {
  const [ways, setWays] = useState<SignIn>();
  const [trouble, setTrouble] = useState(problem);
  const [isBusy, setBusy] = useState(false);

  useEffect(() => {
    options.then(setWays).catch((failed: unknown) => setTrouble((failed as Error).message));
  }, [options]);

  async function signIn(by: () => Promise<Session>) {
    setBusy(true);
    setTrouble(null);
    try {
      onSignedIn(await by());
    } catch (failed) {
      setTrouble((failed as Error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      {trouble && (
        <p role="alert" className="trouble">
          {trouble}
        </p>
      )}
      {ways?.kind === "demo" && <p>These are the people of the demo. Be one of them: who may do what stands beside each.</p>}
      {ways?.kind === "demo" && (
        <ul className="people" aria-label="People of the demo">
          {ways.people.map((person) => (
            <li key={person.id}>
              <Button isDisabled={isBusy} onPress={() => signIn(() => signInAs(person))}>
                Sign in as {person.name}
              </Button>
              <span>{person.may}</span>
            </li>
          ))}
        </ul>
      )}
      {ways?.kind === "oidc" && (
        <ul className="people">
          {ways.issuers.map((issuer) => (
            <li key={issuer.issuer}>
              <Button isDisabled={isBusy} onPress={() => signIn(() => startOidc(issuer))}>
                Sign in with {issuer.name}
              </Button>
              <span>{issuer.issuer}</span>
            </li>
          ))}
        </ul>
      )}
      {ways?.kind === "none" && (
        <p>Nobody can sign in on this page yet: no issuer is set that tells its client. See docs/signing-in.md.</p>
      )}
    </>
  );
}

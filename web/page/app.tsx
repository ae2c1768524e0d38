// The page: somebody signs in, and works. When their time is over in between, they sign in again on top of their work.
import { useEffect, useRef, useState } from "react";
import { Provider } from "urql";

import { serviceFor } from "./client";
import type { Session, SignIn } from "./session";
import { SignInAgain, SignInPage } from "./sign-in";
import { Tool } from "./tool";

interface Props {
  options: Promise<SignIn>;
  back: { session: Session | null; problem: string | null };
}

export function App({ options, back }: Props) {
  const [session, setSession] = useState(back.session);
  if (!session) return <SignInPage options={options} problem={back.problem} onSignedIn={setSession} />;
  // Somebody else begins anew; the same person goes on.
  return <Sitting key={session.token} session={session} options={options} onOther={setSession} />;
}

interface SittingProps {
  session: Session;
  options: Promise<SignIn>;
  /** Somebody else has signed in, or nobody is any more. */
  onOther: (session: Session | null) => void;
}

function Sitting({ session, options, onOther }: SittingProps) {
  /** Why they have to sign in again; no word of it when just their time is over. */
  const [over, setOver] = useState<{ why: string | null } | null>(null);
  const signedIn = useRef<(session: Session) => void>(undefined);
  const [service] = useState(() => {
    let renewed: Promise<Session> | undefined;
    // Whatever waits for a new token waits for the same one.
    const renew = (why: string | null) => {
      renewed ??= new Promise<Session>((resolve) => {
        signedIn.current = resolve;
        setOver({ why });
      }).finally(() => (renewed = undefined));
      return renewed;
    };
    return serviceFor(session, renew);
  });
  useEffect(() => service.hangUp, [service]);

  function goOn(again: Session) {
    if (again.name !== session.name) return onOther(again);
    signedIn.current?.(again);
    setOver(null);
  }

  return (
    <Provider value={service.client}>
      <Tool service={service} onSignOut={() => onOther(null)} />
      {over && <SignInAgain options={options} name={session.name} why={over.why} onSignedIn={goOn} />}
    </Provider>
  );
}

// The page: somebody signs in, and works. When their time is over in between, they sign in again on top of their work.
import { useCallback, useEffect, useRef, useState } from "react";
import { Provider } from "urql";

import { serviceFor, type Service } from "./client";
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
  const [service, setService] = useState<Service>();
  const [isOver, setOver] = useState(false);
  const waiting = useRef<(session: Session) => void>(undefined);

  useEffect(() => {
    let renewed: Promise<Session> | undefined;
    // Whatever waits for a new token waits for the same one.
    const renew = () => {
      renewed ??= new Promise<Session>((signedIn) => {
        waiting.current = signedIn;
        setOver(true);
      }).finally(() => (renewed = undefined));
      return renewed;
    };
    const service = serviceFor(session, renew);
    setService(service);
    return service.hangUp;
  }, [session]);

  const signedIn = useCallback(
    (again: Session) => {
      if (again.name !== session.name) return onOther(again);
      waiting.current?.(again);
      setOver(false);
    },
    [session, onOther],
  );

  if (!service) return null;
  return (
    <Provider value={service.client}>
      <Tool service={service} onSignOut={() => onOther(null)} />
      {isOver && <SignInAgain options={options} name={session.name} onSignedIn={signedIn} />}
    </Provider>
  );
}

// oxlint-disable no-unused-vars -- read as text and called in pages
// oxlint-disable typescript/unbound-method -- everything taken here is applied to what it belongs to
// What contextBridge does, over one node that both worlds hold: values are copied by the browser when the other world reads
// them, functions and promises become calls. Everything used is taken before the page can change it.
function makeBridge(me, peer, hub) {
  const { apply } = Reflect;
  const NewEvent = CustomEvent;
  const NewPromise = Promise;
  const NewError = Error;
  const clone = structuredClone;
  const { isArray } = Array;
  const { keys, defineProperty } = Object;
  const listen = EventTarget.prototype.addEventListener;
  const fire = EventTarget.prototype.dispatchEvent;
  const { then } = NewPromise.prototype;
  const tagOf = Object.prototype.toString;
  const detailOf = Object.getOwnPropertyDescriptor(NewEvent.prototype, 'detail').get;
  const given = [];
  let count = 0;
  let reply;

  const send = (type, detail) => apply(fire, hub, [new NewEvent(type, { detail })]);
  const receive = (type, take) => apply(listen, hub, [type, (event) => take(apply(detailOf, event, []))]);
  const put = (callable) => {
    given[count] = callable;
    return count++;
  };

  function pack(value) {
    if (typeof value === 'function') return { kind: 'function', at: put(value) };
    if (typeof value !== 'object' || value === null) return { kind: 'value', value: clone(value) };
    if (value instanceof NewPromise)
      return { kind: 'promise', at: put((resolve, reject) => void apply(then, value, [resolve, reject])) };
    if (value instanceof NewError) return { kind: 'error', message: value.message };
    const isList = isArray(value);
    if (!isList && apply(tagOf, value, []) !== '[object Object]') return { kind: 'value', value };
    const names = keys(value);
    const packed = { kind: isList ? 'list' : 'object', names, values: [] };
    for (let at = 0; at < names.length; at++) packed.values[at] = pack(value[names[at]]);
    return packed;
  }

  function unpack(packed) {
    if (packed.kind === 'value') return packed.value;
    if (packed.kind === 'error') return new NewError(packed.message);
    if (packed.kind === 'function') return (...args) => call(packed.at, args);
    if (packed.kind === 'promise') return new NewPromise((resolve, reject) => void call(packed.at, [resolve, reject]));
    const value = packed.kind === 'list' ? [] : {};
    for (let at = 0; at < packed.names.length; at++) {
      const member = { value: unpack(packed.values[at]), writable: true, enumerable: true, configurable: true };
      defineProperty(value, packed.names[at], member);
    }
    return value;
  }

  function call(at, args) {
    send('call' + peer, { at, args: pack(args) });
    const answer = reply;
    reply = undefined;
    if (!answer) throw new NewError('An object could not be cloned.');
    if (answer.thrown) throw unpack(answer.thrown);
    return unpack(answer.value);
  }

  receive('call' + me, ({ at, args }) => {
    let answer;
    try {
      answer = { value: pack(apply(given[at], undefined, unpack(args))) };
    } catch (thrown) {
      answer = { thrown: pack(thrown) };
    }
    send('answer' + peer, answer);
  });
  receive('answer' + me, (answer) => {
    reply = answer;
  });
  return { put, call };
}

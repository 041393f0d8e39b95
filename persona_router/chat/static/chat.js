(()=>{var y=`.prc {
  --prc-ink: #1f2a2e;
  --prc-quiet: #55636a;
  --prc-accent: #1d5b4f;
  --prc-failed: #a3271f;
  color: var(--prc-ink);
  font: 16px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic', sans-serif;
}

.prc *,
.prc *::before,
.prc *::after {
  box-sizing: border-box;
}

.prc-hidden {
  block-size: 1px;
  clip-path: inset(50%);
  inline-size: 1px;
  margin: 0;
  overflow: hidden;
  position: absolute;
  white-space: nowrap;
}

.prc-launcher {
  align-items: center;
  background: var(--prc-accent);
  border: 0;
  border-radius: 28px;
  bottom: max(20px, env(safe-area-inset-bottom));
  box-shadow: 0 6px 20px rgb(0 0 0 / 22%);
  color: #fff;
  cursor: pointer;
  display: flex;
  font: inherit;
  font-weight: 600;
  gap: 10px;
  inset-inline-end: 20px;
  min-block-size: 56px;
  padding: 0 22px;
  position: fixed;
  transition: background-color 0.15s;
  z-index: 2147482000;
}

.prc-launcher:hover {
  background: #16473e;
}

.prc-launcher--open {
  visibility: hidden;
}

.prc-unread[hidden] {
  display: none;
}

.prc-unread {
  background: #ffd166;
  block-size: 14px;
  border: 2px solid #fff;
  border-radius: 50%;
  inline-size: 14px;
  inset-block-start: 0;
  inset-inline-end: 6px;
  position: absolute;
}

.prc > button:focus-visible,
.prc-header button:focus-visible,
.prc-note button:focus-visible {
  box-shadow: 0 0 0 2px #fff;
  outline: 3px solid var(--prc-ink);
  outline-offset: 2px;
}

.prc-panel {
  animation: prc-rise 0.18s ease-out;
  background: #fff;
  block-size: min(680px, calc(100vh - 40px));
  block-size: min(680px, calc(100dvh - 40px));
  border-radius: 16px;
  bottom: 20px;
  box-shadow: 0 12px 48px rgb(0 0 0 / 28%);
  display: flex;
  flex-direction: column;
  inline-size: 400px;
  inset-inline-end: 20px;
  overflow: hidden;
  position: fixed;
  z-index: 2147482001;
}

.prc-panel--closed {
  visibility: hidden;
}

@keyframes prc-rise {
  from {
    opacity: 0;
    transform: translateY(12px);
  }
}

/* Web Chat wraps its children in elements of its own: each has to pass the height on. */
.prc-panel > * {
  display: flex;
  flex: 1;
  flex-direction: column;
  min-block-size: 0;
}

.prc-webchat {
  flex: 1;
  min-block-size: 0;
}

.prc-header {
  align-items: center;
  background: var(--prc-accent);
  color: #fff;
  display: flex;
  flex: none;
  gap: 10px;
  padding: 12px 14px 12px 16px;
}

.prc-header__name {
  flex: 1 1 120px;
  min-inline-size: min-content;
}

.prc-header h2 {
  color: inherit;
  font: inherit;
  font-weight: 700;
  margin: 0;
}

.prc-status {
  color: #fff;
  font-size: 13px;
  margin: 0;
}

.prc-status::before {
  background: #ffd166;
  block-size: 8px;
  border-radius: 50%;
  content: '';
  display: inline-block;
  inline-size: 8px;
  margin-inline-end: 6px;
}

.prc-status--online::before {
  background: #7fe0b0;
}

.prc-person,
.prc-close {
  background: transparent;
  border: 1px solid #fff;
  border-radius: 20px;
  color: #fff;
  cursor: pointer;
  font: inherit;
  font-size: 14px;
  font-weight: 600;
  min-block-size: 40px;
}

.prc-person {
  flex: 0 1 auto;
  line-height: 1.2;
  max-inline-size: 170px;
  min-inline-size: min-content;
  padding: 4px 12px;
}

.prc-close {
  border-color: transparent;
  display: grid;
  flex: none;
  inline-size: 40px;
  padding: 0;
  place-items: center;
}

.prc-person:hover,
.prc-close:hover {
  background: #fff;
  color: var(--prc-accent);
}

.prc-header button:focus-visible {
  box-shadow: none;
  outline-color: #fff;
}

.prc-people {
  background: #e6f0ec;
  border-block-end: 1px solid #c9d2cf;
  flex: none;
  max-block-size: 60%;
  overflow-y: auto;
  padding: 10px 16px;
}

.prc-people__text {
  margin: 0;
}

.prc-people__row {
  align-items: center;
  display: flex;
  flex-wrap: wrap;
  gap: 6px 14px;
  margin-block-start: 8px;
}

.prc-solid {
  background: var(--prc-accent);
  border: 0;
  border-radius: 18px;
  color: #fff;
  cursor: pointer;
  font: inherit;
  font-size: 14px;
  font-weight: 600;
  min-block-size: 36px;
  padding: 4px 14px;
}

.prc-solid:hover {
  background: #16473e;
}

.prc-people :focus-visible {
  outline: 3px solid var(--prc-ink);
  outline-offset: 2px;
}

.prc-rating fieldset {
  border: 0;
  display: flex;
  flex-wrap: wrap;
  gap: 4px 16px;
  margin: 0;
  padding: 0;
}

.prc-rating legend {
  font-weight: 600;
  margin-block-end: 4px;
  padding: 0;
}

.prc-rating fieldset label {
  align-items: center;
  cursor: pointer;
  display: flex;
  gap: 4px;
  min-block-size: 32px;
}

.prc-rating input {
  accent-color: var(--prc-accent);
  block-size: 20px;
  inline-size: 20px;
  margin: 0;
}

.prc-rating__comment {
  display: block;
  font-size: 14px;
}

.prc-rating textarea {
  border: 1px solid var(--prc-quiet);
  border-radius: 6px;
  display: block;
  font: inherit;
  inline-size: 100%;
  padding: 4px 8px;
  resize: vertical;
}

.prc-intro {
  color: var(--prc-ink);
  flex: none;
  margin: 0;
  padding: 18px 20px 0;
}

.prc-plain {
  overflow-wrap: anywhere;
  padding: 8px 12px;
  white-space: pre-wrap;
}

.prc-plain a {
  color: inherit;
}

.prc-code {
  white-space: nowrap;
}

.prc-webchat td,
.prc-webchat th {
  border-block-end: 1px solid #c9d2cf;
  padding: 4px 10px;
  text-align: start;
}

/* Room for the tall and deep strokes of every script; both must be equal to grow together. */
.prc-webchat .webchat__auto-resize-textarea__textarea,
.prc-webchat .webchat__auto-resize-textarea__doppelganger {
  line-height: 24px;
}

.prc-note {
  color: var(--prc-quiet);
  display: block;
  font-size: 13px;
  padding-block: 2px;
}

.prc-note--failed {
  color: var(--prc-failed);
}

.prc-link {
  background: none;
  border: 0;
  color: var(--prc-ink);
  cursor: pointer;
  font: inherit;
  min-block-size: 24px;
  padding: 0 2px;
  text-decoration: underline;
}

.prc-typing {
  display: flex;
  gap: 5px;
  padding: 8px 22px 10px;
}

.prc-typing i {
  animation: prc-breathe 1.2s infinite;
  background: var(--prc-quiet);
  block-size: 8px;
  border-radius: 50%;
  inline-size: 8px;
}

.prc-typing i:nth-of-type(2) {
  animation-delay: 0.2s;
}

.prc-typing i:nth-of-type(3) {
  animation-delay: 0.4s;
}

@keyframes prc-breathe {
  50% {
    opacity: 0.25;
  }
}

@media (max-width: 479.98px) {
  .prc-panel {
    block-size: 100vh;
    block-size: 100dvh;
    border-radius: 0;
    bottom: 0;
    inline-size: 100%;
    inset-inline: 0;
  }
}

@media (prefers-reduced-motion: reduce) {
  .prc,
  .prc * {
    animation: none !important;
    scroll-behavior: auto !important;
    transition: none !important;
  }
}

@media print {
  .prc {
    display: none;
  }
}

/* Five buttons under an answer must leave the answer in sight. */
.prc-webchat button.webchat__suggested-action {
  font-size: 14px;
  padding-inline: 12px;
}
`;function m(r,e){let o=t=>{try{return t(window[r])}catch{return null}};return{get:t=>o(n=>JSON.parse(n.getItem(e+t))),set:(t,n)=>o(i=>i.setItem(e+t,JSON.stringify(n))),remove:t=>o(n=>n.removeItem(e+t)),usable:()=>o(t=>(t.setItem(`${e}probe`,"1"),t.removeItem(`${e}probe`),!0))===!0}}function l(r){let e=r,o=new Set;return{get:()=>e,set(t){if(!Object.is(t,e)){e=t;for(let n of[...o])n()}},subscribe(t){return o.add(t),()=>o.delete(t)}}}var L=1e3,T=3e4;function z(r){let e=l(null),o=null;async function t(n,i){try{let a=await fetch(`${r}/chat/strings?locale=${encodeURIComponent(n)}`);if(!a.ok)throw new Error(`strings answered ${a.status}`);let d=await a.json();o===n&&e.set(d)}catch{setTimeout(()=>o===n&&t(n,Math.min(i*2,T)),i)}}return{value:e,follow(n){n!==o&&(o=n,t(n,L))}}}function _({memory:r,session:e}){e.get("visit")===null&&(e.set("visit",{returning:r.get("visited")===!0,previousContacts:r.get("contacts")??0}),r.set("visited",!0));let o=e.get("visit")??{returning:!1,previousContacts:0};return{...o,countContact(){e.get("contacted")||(e.set("contacted",!0),r.set("contacts",o.previousContacts+1))}}}var S="persona-router-chat:",M="(max-width: 479.98px)",O=`<svg aria-hidden="true" height="22" viewBox="0 0 24 24" width="22"><path
  d="M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z"
  fill="currentColor"/></svg>`;function u(r,e,...o){let t=document.createElement(r);for(let[n,i]of Object.entries(e))t.setAttribute(n,i);return t.append(...o),t}function R(r,e){let o=m("localStorage",S),t=m("sessionStorage",S),n=z(r.server),i=l(!1),a=l(!1),d=l(!1),s=l("absent"),x=u("span",{}),b=u("span",{class:"prc-unread","data-testid":"unread",hidden:""}),w=u("p",{class:"prc-hidden",role:"status"}),v=u("div",{}),p=u("button",{"aria-haspopup":"dialog",class:"prc-launcher","data-testid":"launcher",type:"button"},x,b);p.insertAdjacentHTML("afterbegin",O);let f=u("section",{class:"prc",id:"persona-router-chat"},p,w,v);function C(){let c=n.value.get();if(!c)return;let g=c.strings;f.lang=c.locale,f.dir=c.dir,f.setAttribute("aria-label",g.assistant),x.textContent=s.get()==="loading"?g.status_connecting:g.launcher,w.textContent=a.get()?g.unread:"",b.hidden=!a.get(),p.setAttribute("aria-expanded",String(i.get())),s.get()==="ready"&&p.setAttribute("aria-controls","prc-panel"),p.classList.toggle("prc-launcher--open",i.get()&&s.get()==="ready"),f.isConnected||document.body.append(f)}async function E(){s.get()==="absent"&&(s.set("loading"),await e(k),s.set("ready"))}function h({takeFocus:c=!0}={}){d.set(c),t.set("open",!0),i.set(!0),E()}function $(){let c=i.get();t.remove("open"),i.set(!1),c&&p.focus()}let k={settings:r,memory:o,session:t,strings:n,visit:_({memory:o,session:t}),isOpen:i,hasUnread:a,focusWanted:d,place:v,open:h,close:$};p.addEventListener("click",()=>h());for(let c of[n.value,i,a,s])c.subscribe(C);return n.follow(r.locale),t.get("open")===!0&&!window.matchMedia(M).matches&&h({takeFocus:!1}),k}var A=1e3,N=3e4;function j(r){let e=document.createElement("style");r&&(e.nonce=r),e.textContent=y,document.head.append(e)}function U(r,e){return new Promise((o,t)=>{let n=document.createElement("script");e&&(n.nonce=e),n.src=r,n.onload=o,n.onerror=()=>{n.remove(),t(new Error(`${r} did not load`))},document.head.append(n)})}async function V(r){for(let e=A;;e=Math.min(e*2,N))try{return await r()}catch{await new Promise(o=>setTimeout(o,e))}}function F(r){let{server:e,locale:o,page:t,referrer:n}=r.dataset,i=r.nonce||void 0,a=new URL("panel.js",r.src).href,d={server:(e||new URL(r.src).origin).replace(/\/+$/,""),locale:o||document.documentElement.lang||navigator.language,page:t||void 0,referrer:n||void 0,experiments:()=>r.dataset.experiments==="true",nonce:i};j(i);let{open:s,close:x}=R(d,async b=>{await V(()=>U(a,i)),window.personaRouterChat.mount(b)});window.personaRouterChat={open:()=>s(),close:x}}window.personaRouterChat||F(document.currentScript);})();

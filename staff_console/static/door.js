// Reads an entrance code with the camera. Without it, or over plain http, codes are typed.
"use strict";

(() => {
  const room = document.getElementById("camera");
  const form = document.getElementById("porte");
  const field = document.getElementById("code");
  const line = document.getElementById("camera-line");
  const button = document.getElementById("camera-start");
  const video = document.getElementById("camera-view");
  const canvas = document.createElement("canvas");
  const WIDTH = 640;
  let stream = null;

  room.hidden = false;
  if (!window.isSecureContext || !navigator.mediaDevices) {
    line.textContent = "La caméra ne marche qu'en connexion sécurisée (https). Tapez les codes.";
    return;
  }
  button.hidden = false;
  button.addEventListener("click", () => (stream ? stop() : start()));
  window.addEventListener("pagehide", stop);

  async function start() {
    line.textContent = "Montrez le code QR à la caméra.";
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: WIDTH } },
      });
    } catch {
      line.textContent = "La caméra n'est pas disponible. Tapez les codes.";
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = "Arrêter la caméra";
    await video.play();
    look();
  }

  function stop() {
    for (const track of stream ? stream.getTracks() : []) {
      track.stop();
    }
    stream = null;
    video.hidden = true;
    button.textContent = "Lire un code QR";
  }

  function look() {
    if (!stream) {
      return;
    }
    const found = video.readyState >= video.HAVE_CURRENT_DATA ? read() : null;
    if (found && found.data.trim()) {
      stop();
      field.value = found.data.trim().slice(0, 60);
      form.requestSubmit();
      return;
    }
    window.setTimeout(look, 120);
  }

  function read() {
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round((video.videoHeight * canvas.width) / video.videoWidth);
    const paper = canvas.getContext("2d", { willReadFrequently: true });
    paper.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = paper.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(image.data, image.width, image.height);
  }
})();
